import { REGIONS } from "cloud-assistant-api";
import type { describeRegions as rules } from "../validations/describeRegions.js";
import type { Handler } from "./parts/call.js";

export const describeRegions: Handler<typeof rules> = () => ({
  body: {
    Regions: {
      Region: REGIONS.map(({ regionId, localName, endpoint }) => ({
        RegionId: regionId,
        LocalName: localName,
        RegionEndpoint: endpoint,
        Status: "available",
      })),
    },
  },
});
