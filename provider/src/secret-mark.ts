/**
 * The key and the mark of a secret, on Pulumi's wire and in its state files.
 * Source: sdk/nodejs/runtime/rpc.ts, `specialSigKey` and `specialSecretSig`.
 */
export const signatureKey = "4dabf18193072939515e22adb298388d";
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
