/** A region, as DescribeRegions names it. [sdk: endpoint table; doc-2025] */
export type Region = {
  readonly regionId: string;
  readonly localName: string;
  readonly endpoint: string;
};

export const REGIONS: readonly Region[] = [
  region("cn-qingdao", "China (Qingdao)"),
  region("cn-beijing", "China (Beijing)"),
  region("cn-zhangjiakou", "China (Zhangjiakou)"),
  region("cn-huhehaote", "China (Hohhot)"),
  region("cn-wulanchabu", "China (Ulanqab)"),
  region("cn-hangzhou", "China (Hangzhou)", "ecs-cn-hangzhou.aliyuncs.com"),
  region("cn-shanghai", "China (Shanghai)"),
  region("cn-nanjing", "China (Nanjing - Local Region)"),
  region("cn-fuzhou", "China (Fuzhou - Local Region)"),
  region("cn-wuhan-lr", "China (Wuhan - Local Region)"),
  region("cn-shenzhen", "China (Shenzhen)"),
  region("cn-heyuan", "China (Heyuan)"),
  region("cn-guangzhou", "China (Guangzhou)"),
  region("cn-chengdu", "China (Chengdu)"),
  region("cn-hongkong", "China (Hong Kong)"),
  region("ap-northeast-1", "Japan (Tokyo)"),
  region("ap-northeast-2", "South Korea (Seoul)"),
  region("ap-southeast-1", "Singapore"),
  region("ap-southeast-3", "Malaysia (Kuala Lumpur)"),
  region("ap-southeast-5", "Indonesia (Jakarta)"),
  region("ap-southeast-6", "Philippines (Manila)"),
  region("ap-southeast-7", "Thailand (Bangkok)"),
  region("us-east-1", "US (Virginia)"),
  region("us-west-1", "US (Silicon Valley)"),
  region("na-south-1", "Mexico"),
  region("eu-central-1", "Germany (Frankfurt)"),
  region("eu-west-1", "UK (London)"),
  region("me-east-1", "UAE (Dubai)"),
  region("me-central-1", "SAU (Riyadh)"),
];

const KNOWN: ReadonlySet<string> = new Set(REGIONS.map(({ regionId }) => regionId));

export function isRegionId(text: string): boolean {
  return KNOWN.has(text);
}

function region(regionId: string, localName: string, endpoint?: string): Region {
  return { regionId, localName, endpoint: endpoint ?? `ecs.${regionId}.aliyuncs.com` };
}
