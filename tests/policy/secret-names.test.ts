import { assignsSecret } from "../../policy/src/secrets/assignments.js";
import { findSecrets } from "../../policy/src/secrets/find-secrets.js";

describe("A value under a secret's name", () => {
  test.each([
    `{ "password" : "Sommer2024" }`,
    `password : "Sommer2024"`,
    `db_password : Sommer2024`,
    `{"user":"app", 'apiToken'  :  '3f9a8b7c6d5e'}`,
    `config['db']['password']='Sommer2024'`,
    `config["db"]["password"] = "Sommer2024"`,
    `$config['db']['password'] = 'Sommer2024';`,
    `curl -d "{\\"password\\": \\"Sommer2024\\"}" http://x`,
    `x--db-password=Sommer2024`,
    `DB_PASSWORD_PROD=Sommer2024`,
    `DB_PASS_PROD=Sommer2024`,
    `export PASS_PROD=Sommer2024`,
    `MYSQL_ROOT_PASSWORD_OLD='sommerwetter'`,
    `dbPasswordStaging: Sommer2024`,
    `API_KEY_PROD=3f9a8b7c6d5e4f3a2b1c`,
    `SECRET_KEY_BASE=3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c`,
    `DB_PASSWORD_NEW_2=Sommer2024`,
    `PASS=Sommer2024`,
    `DB_PASS=pass1234`,
    `PIN=482913`,
    `SO_PIN=Sommer2024`,
  ])("is found, however the name is written: %s", (line) => {
    expect(findSecrets(line)).toHaveLength(1);
  });

  test.each([
    "PIN=GPIO17",
    "gpio_pin=GPIO17",
    "led_pin=PA10",
    "pin=P9_12",
    "pin: BCM18",
    "pass=pass1of3",
    "pass=2of3",
    "pass=pass12",
    "pass_old=pass3",
    "PASS: test_login_1",
    "PASS : test_login_1",
    "pass_test=smoke",
    "SECRET_KEY_BASE=$(rails secret)",
    "DB_PASSWORD_PROD=$1",
    "DB_PASSWORD_PROD={{oos-secret:db}}",
    "DB_PASSWORD_OLD=/run/secrets/old",
    "PASSWORD_BASE=dc=example,dc=com",
    `key_base=3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c`,
    `"password" : {"type": "string", "minLength": 8}`,
    "password : ask the owner of db1",
    "x = cold ? token : fallback1",
    "config['db']['password']=$pw",
    `curl -d "{\\"password\\": \\"$PW\\"}" http://x`,
    "config['db']['password']=os.environ['DB_PW1']",
  ])("of another meaning, or that is none, gives no alarm: %s", (line) => {
    expect(findSecrets(line)).toEqual([]);
  });

  test.each([
    ["password ", 3000],
    [`password${" ".repeat(3000)}`, 8],
    [`password"]`, 3000],
    ["_prod", 5000],
    ["a--", 30_000],
    [`a['b']`, 4000],
    ["? ", 12_000],
    ["token ? token : ", 1500],
  ])("is looked for in time that grows no faster than the text (%#)", (piece, times) => {
    const line = piece.repeat(times);
    const start = process.hrtime.bigint();
    assignsSecret(line);
    expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(1);
  });
});
