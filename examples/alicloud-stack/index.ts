import * as alicloud from "@pulumi/alicloud";
import { CommandInvocation } from "pulumi-cloud-assistant";

const zone = "cn-hangzhou-h";

const network = new alicloud.vpc.Network("network", { cidrBlock: "10.0.0.0/16" });
const subnet = new alicloud.vpc.Switch("subnet", {
  vpcId: network.id,
  cidrBlock: "10.0.0.0/24",
  zoneId: zone,
});
const firewall = new alicloud.ecs.SecurityGroup("firewall", { vpcId: network.id });

const servers = [1, 2].map(
  (n) =>
    new alicloud.ecs.Instance(`web-${n}`, {
      instanceName: `web-${n}`,
      instanceType: "ecs.t6-c1m1.large",
      imageId: "aliyun_3_x64_20G_alibase_20240819.vhd",
      vswitchId: subnet.id,
      securityGroups: [firewall.id],
      tags: { role: "web" },
    }),
);

// The ids are not known in the first preview; the command runs once the machines are there.
const install = new CommandInvocation("install-nginx", {
  script: { content: "dnf install -y nginx && systemctl enable --now nginx\n" },
  targets: { instanceIds: servers.map((server) => server.id) },
  timeout: 300,
});

export const instanceIds = servers.map((server) => server.id);
export const status = install.status;
