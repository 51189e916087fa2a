import type { CloudApi } from "./port.js";

/** What a process knows of a region's quota; shared by all resources of an `up`. */
export interface QuotaBook {
  /** Adds calls that are about to be made. @returns all that this process means to make, or made */
  reserve(api: CloudApi, calls: number): number;
  /** Notes what a check means a resource to call. @returns all that was noted so far */
  planned(api: CloudApi, urn: string, calls: number): number;
  /** Takes a reservation back: its calls will not be made. */
  release(api: CloudApi, calls: number): void;
  /** Notes a call that was accepted: it is among the records from now on. */
  accepted(api: CloudApi): void;
  /** Whether this text is new to a resource: its check and its create come to the same words. */
  isNews(api: CloudApi, urn: string, text: string): boolean;
  /** The limit of a day; read once. Undefined where the service names none. */
  limit(api: CloudApi, read: () => Promise<number | undefined>): Promise<number | undefined>;
  /** What was used today by others than this process; counted once. */
  used(api: CloudApi, count: () => Promise<Used>): Promise<Used>;
}

export type Used = { readonly least: number; readonly most: number };

type Page = {
  reserved: number;
  made: number;
  readonly planned: Map<string, number>;
  readonly said: Set<string>;
  limit?: Promise<number | undefined>;
  used?: Promise<Used>;
};

/** One page for each region and identity: quotas are an account's. */
export function createQuotaBook(): QuotaBook {
  const pages = new WeakMap<CloudApi, Page>();
  const pageOf = (asked: CloudApi): Page => {
    // What a check has learnt serves what acts as well.
    const api = asked.source ?? asked;
    const page: Page = pages.get(api) ?? {
      reserved: 0,
      made: 0,
      planned: new Map(),
      said: new Set(),
    };
    pages.set(api, page);
    return page;
  };
  return {
    reserve(api, calls) {
      const page = pageOf(api);
      page.reserved += calls;
      return page.reserved;
    },
    planned(api, urn, calls) {
      const { planned } = pageOf(api);
      planned.set(urn, calls);
      return [...planned.values()].reduce((sum, count) => sum + count, 0);
    },
    release(api, calls) {
      pageOf(api).reserved -= calls;
    },
    accepted(api) {
      pageOf(api).made += 1;
    },
    isNews(api, urn, text) {
      const { said } = pageOf(api);
      const key = `${urn} ${text}`;
      if (said.has(key)) return false;
      said.add(key);
      return true;
    },
    limit(api, read) {
      const page = pageOf(api);
      return (page.limit ??= forgetting(read(), () => delete page.limit));
    },
    used(api, count) {
      const page = pageOf(api);
      if (page.used !== undefined) return page.used;
      // What this process made before is in its reservations already.
      const { made } = page;
      const others = count().then(({ least, most }) => ({
        least: Math.max(0, least - made),
        most: Math.max(0, most - made),
      }));
      return (page.used = forgetting(others, () => delete page.used));
    },
  };
}

/** A read that failed may fare better for the next resource. */
function forgetting<T>(answer: Promise<T>, forget: () => unknown): Promise<T> {
  answer.catch(forget);
  return answer;
}
