import type { Action, Calls } from "../../../provider/src/client/port.js";
import type { RawCall } from "../../../provider/src/client/retrying-api.js";
import type { WorldClock } from "../../../provider/src/client/world.js";
import type { KillPoint } from "../../support/kill-points.js";

const never = <T>(): Promise<T> => new Promise(() => undefined);

/**
 * A process that dies at a point: from then on none of its calls is made or answered, and none of
 * its sleeps ends. What reached the service before stays there.
 */
export class Mortal {
  private mutating = 0;
  private looks = 0;
  private dead = false;
  private tell: () => void = () => undefined;
  /** Resolves at the moment of death. */
  readonly death: Promise<void>;

  constructor(private readonly point: KillPoint | undefined) {
    this.death = new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  die(): void {
    this.dead = true;
    this.tell();
  }

  readonly around =
    (raw: RawCall): RawCall =>
    async <A extends Action>(action: A, request: Calls[A]["request"]) => {
      if (this.dead) return never();
      const read = /^(Describe|List|Get)/.test(action);
      if (!read) this.mutating += 1;
      if (!read && this.meets("before-mutating", this.mutating)) {
        this.die();
        return never();
      }
      const nth = this.mutating;
      const end = await raw(action, request).then(
        (answer) => ({ answer }),
        (reason: unknown) => ({ reason }),
      );
      if (!read && this.meets("after-mutating", nth)) this.die();
      if (action === "DescribeInvocations") {
        this.looks += 1;
        if (this.meets("after-look", this.looks)) this.die();
      }
      // A dead process hears neither answer nor refusal.
      if (this.dead) return never();
      if ("reason" in end) throw end.reason;
      return end.answer;
    };

  clock(clock: WorldClock): WorldClock {
    return {
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        if (this.dead) return never();
        await clock.sleep(ms, signal);
        return this.dead ? never() : undefined;
      },
    };
  }

  private meets(at: KillPoint["at"], nth: number): boolean {
    return this.point?.at === at && "nth" in this.point && this.point.nth === nth;
  }
}
