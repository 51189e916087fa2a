import {
  judgeSchedule,
  type JudgeOptions,
  type Schedule,
} from "../../../provider/src/schedule/index.js";

type Row = readonly [schedule: Schedule, lines: readonly string[]];

function warned(schedule: Schedule, options: Partial<JudgeOptions> = {}): readonly string[] {
  const now = "2026-11-25T02:40:00Z";
  const judged = judgeSchedule(schedule, { now, timeoutSeconds: 60, ...options });
  expect(judged.refusals).toEqual([]);
  return judged.warnings;
}

const cron = (text: string, timezone = "UTC"): Schedule => ({ cron: text, timezone });

test.each<Row>([
  [
    cron("0 0 2 ? * 02"),
    [
      'schedule.cron: "02" has a leading zero, which makes Sunday of any day of the week (observed on the agent); write "TUE".',
    ],
  ],
  [
    cron("0 0 2 ? * 01-05"),
    [
      'schedule.cron: "01-05" has a leading zero, which makes Sunday of any day of the week (observed on the agent); write "MON-FRI".',
    ],
  ],
  [
    cron("0 0 2 ? * 3,05#2"),
    [
      'schedule.cron: "3,05#2" has a leading zero, which makes Sunday of any day of the week (observed on the agent); write "3,FRI#2".',
    ],
  ],
  [cron("0 0 2 ? * 00"), []],
  [cron("0 0 2 ? * 07"), []],
  [cron("0 0 02 ? * 1/05"), []],
])("a leading zero in day of week is warned of where it changes the day: %j", (schedule, lines) => {
  expect(warned(schedule)).toEqual(lines);
});

test.each<Row>([
  [
    cron("0 0 10 ? * 2-6"),
    [
      'schedule.cron: "2-6" is TUE-SAT here, where 1 is Monday; in AWS and Quartz, where 1 is Sunday, it is MON-FRI. Write the names.',
    ],
  ],
  [
    cron("0 0 10 ? * 1,7"),
    [
      'schedule.cron: "1,7" is MON,SUN here, where 1 is Monday; in AWS and Quartz, where 1 is Sunday, it is SUN,SAT. Write the names.',
    ],
  ],
  [
    cron("0 0 10 ? * 6L"),
    [
      'schedule.cron: "6L" is SATL here, where 1 is Monday; in AWS and Quartz, where 1 is Sunday, it is FRIL. Write the names.',
    ],
  ],
  [
    cron("0 10 * * ? *"),
    [
      'schedule.cron: "0 10 * * ? *" reads like an expression of AWS, whose first field is the minute and whose last is the year; here the first is the second. If so, write "0 0 10 * * ?".',
    ],
  ],
  [
    cron("15 10 ? * * *"),
    [
      'schedule.cron: "15 10 ? * * *" reads like an expression of AWS, whose first field is the minute and whose last is the year; here the first is the second. If so, write "0 15 10 ? * *".',
    ],
  ],
  [cron("0 0 10 ? * 1-5"), []],
  [cron("0 0 10 ? * MON-FRI"), []],
  [cron("0 15 10 * * ?"), []],
  [cron("0 15 10 ? * *"), []],
])("an expression that reads like another dialect's is warned of: %j", (schedule, lines) => {
  expect(warned(schedule)).toEqual(lines);
});

test.each<Row>([
  [
    cron("0 0 3 1-7 * MON"),
    [
      'schedule.cron: day of month "1-7" and day of week "MON" are joined by or: it runs on the days of either. For that day in that week only, write "0 0 3 ? * MON#1".',
    ],
  ],
  [
    cron("0 0 3 15-21 * 4"),
    [
      'schedule.cron: day of month "15-21" and day of week "4" are joined by or: it runs on the days of either. For that day in that week only, write "0 0 3 ? * 4#3".',
    ],
  ],
  [
    cron("0 0 3 1,15 * MON-FRI"),
    [
      'schedule.cron: day of month "1,15" and day of week "MON-FRI" are joined by or: it runs on the days of either. The service\'s pages ask for "?" in one of the two.',
    ],
  ],
])("two day fields that both restrict are warned of: %j", (schedule, lines) => {
  expect(warned(schedule)).toEqual(lines);
});

test.each<Row>([
  [
    cron("10-5,30 0 * * * ?"),
    [
      'schedule.cron: the range 10-5 in the second field is empty, since it ends before it begins; write "10-59,0-5,30 0 * * * ?".',
    ],
  ],
  [
    cron("0 0 2 1 * 5-7"),
    [
      'schedule.cron: the range 5-7 in the day-of-week field is empty, since it ends before it begins; write "0 0 2 1 * 5,6,7".',
      'schedule.cron: day of month "1" and day of week "5-7" are joined by or: it runs on the days of either. The service\'s pages ask for "?" in one of the two.',
    ],
  ],
])("a range that wraps beside others is warned of: %j", (schedule, lines) => {
  expect(warned(schedule)).toEqual(lines);
});

test.each<Row>([
  [
    cron("0 30 2 * * ?", "Europe/Berlin"),
    [
      "schedule.cron: on 2027-03-28 the clock of Europe/Berlin goes from 02:00 to 03:00: the run of 02:30 comes at 03:30 (2027-03-28T01:30:00Z).",
    ],
  ],
  [
    cron("0 0 2,3 * * ?", "Europe/Berlin"),
    [
      "schedule.cron: on 2027-03-28 the clock of Europe/Berlin goes from 02:00 to 03:00: the run of 02:00 falls together with that of 03:00, and there is one (2027-03-28T01:00:00Z).",
    ],
  ],
  [
    cron("0 0 * * * ?", "Europe/Berlin"),
    [
      "schedule.cron: on 2027-10-31 the clock of Europe/Berlin goes from 03:00 to 02:00, and the agent runs the repeated time once: nothing runs between 2027-10-30T23:00:00Z and 2027-10-31T01:00:00Z.",
    ],
  ],
  [cron("0 0/30 1 * * ?", "America/New_York"), []],
  [cron("0 30 1 * * ?", "America/New_York"), []],
  [cron("0 30 3 * * ?", "Europe/Berlin"), []],
  [cron("0 0 * * * ?", "Asia/Shanghai"), []],
])("a run that a clock change moves or leaves out is warned of: %j", (schedule, lines) => {
  expect(warned(schedule)).toEqual(lines);
});

test.each<[string, string]>([
  [
    "Etc/GMT-8",
    'schedule.timezone: "Etc/GMT-8" is 8 h east of Greenwich, UTC+8: its sign is reversed. "GMT+8:00" says the same plainly; if the other side is meant, write "GMT-8:00".',
  ],
  [
    "Etc/GMT+5",
    'schedule.timezone: "Etc/GMT+5" is 5 h west of Greenwich, UTC-5: its sign is reversed. "GMT-5:00" says the same plainly; if the other side is meant, write "GMT+5:00".',
  ],
  [
    "Etc/GMT-14",
    'schedule.timezone: "Etc/GMT-14" is 14 h east of Greenwich, UTC+14: its sign is reversed. "GMT+14:00" says the same plainly.',
  ],
])("the reversed sign of %s is warned of", (timezone, line) => {
  expect(warned(cron("0 0 2 * * ?", timezone))).toEqual([line]);
});

test("a machine's own clock is warned of", () => {
  const schedule = cron("0 0 2 * * ?", "instance");
  const rest =
    '"instance" means each machine\'s own clock: machines may run hours apart, and one west of Greenwich may stop for good when its clock goes forward.';
  expect(warned(schedule)).toEqual([
    `schedule.timezone: ${rest} A zone gives one instant for all.`,
  ]);
  expect(warned(schedule, { instanceZone: "Asia/Shanghai" })).toEqual([
    `schedule.timezone: ${rest} The runs shown are those of a machine in Asia/Shanghai. A zone gives one instant for all.`,
  ]);
});

test("a fraction of a second is warned of", () => {
  expect(warned({ at: "2026-11-26T00:00:00.5+08:00" })).toEqual([
    "schedule.at: the service counts whole seconds: it runs at 2026-11-25T16:00:00Z.",
  ]);
  expect(warned({ at: "2026-11-26T00:00:00.000Z" })).toEqual([]);
});
