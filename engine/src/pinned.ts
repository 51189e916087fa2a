/** The CLI's version that is built or installed where none is found. */
export const PULUMI_VERSION = "3.259.0";

/** The Go package that is the CLI; go/go.mod pins its module. */
export const PULUMI_GO_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** The oldest Go that builds it, from that module's go.mod. */
export const GO_VERSION = "1.25.11";

/** As in the CLI's own release build. Without `-X` the CLI has no version, and the Automation API refuses it. */
export const GO_BUILD_FLAGS = [
  "-mod=readonly",
  "-tags",
  "osusergo,grpcnotrace",
  "-ldflags",
  `-w -s -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`,
] as const;
