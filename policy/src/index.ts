/**
 * The policy pack as the Pulumi CLI loads it: `pulumi preview --policy-pack <this folder>`. Loading
 * it starts a server for the engine; to put single policies into a pack of your own, import them from
 * `pulumi-cloud-assistant-policy/dist/policies`.
 */
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.js";

new PolicyPack("cloud-assistant", { policies: [...policies] });
