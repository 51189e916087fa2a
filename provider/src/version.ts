/** The version of this package, as it calls itself to the service. A test holds it to package.json. */
export const version = "0.1.0";
