// No test may depend on, or reach, the credentials or the Pulumi backend of whoever runs it.
for (const name of Object.keys(process.env)) {
  if (
    /^(ALIBABA_CLOUD|ALICLOUD|CLOUD_ASSISTANT|PULUMI)_/.test(name) &&
    !name.startsWith("CLOUD_ASSISTANT_EXTRA")
  ) {
    delete process.env[name];
  }
}
