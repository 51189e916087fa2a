import { createHash } from "node:crypto";

/** Ids that look like the service's and depend on nothing but the seed and how many came before. */
export function makeId(prefix: string, place: string, seed: string, count: number): string {
  const digest = createHash("sha256")
    .update(`${seed}\n${String(count)}`)
    .digest();
  let letters = "";
  for (let index = 0; index < 15; index += 1) {
    letters += ALPHABET.charAt((digest[index] ?? 0) % ALPHABET.length);
  }
  return `${prefix}-${place}0${letters}`;
}

/** The two letters that the service puts behind the prefix: hz for cn-hangzhou, and so on. */
export function placeOf(regionId: string): string {
  return PLACES[regionId] ?? regionId.replace(/[^a-z]/g, "").slice(0, 2);
}

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

const PLACES: Readonly<Record<string, string>> = {
  "cn-hangzhou": "hz",
  "cn-shanghai": "sh",
  "cn-beijing": "bj",
  "cn-shenzhen": "sz",
  "cn-qingdao": "qd",
  "cn-hongkong": "hk",
  "ap-southeast-1": "t4",
  "us-west-1": "rj",
  "us-east-1": "0x",
  "eu-central-1": "gw",
};
