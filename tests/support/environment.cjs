// No test may depend on, or reach, the credentials of whoever runs it.
for (const name of Object.keys(process.env)) {
  if (
    /^(ALIBABA_CLOUD|ALICLOUD|CLOUD_ASSISTANT)_/.test(name) &&
    !name.startsWith("CLOUD_ASSISTANT_EXTRA")
  ) {
    delete process.env[name];
  }
}
