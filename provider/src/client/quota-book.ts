/** What a process knows of a region's quota; shared by all resources of an `up`. */
export interface QuotaBook {
  /** Adds calls that are about to be made. @returns all that this process means to make, or made */
  reserve(api: object, calls: number): number;
  /** Takes a reservation back: its calls will not be made. */
  release(api: object, calls: number): void;
  /** Notes a call that was accepted: it is among the records from now on. */
  accepted(api: object): void;
  /** The limit of a day; read once. Undefined where the service names none. */
  limit(api: object, read: () => Promise<number | undefined>): Promise<number | undefined>;
  /** What was used today by others than this process; counted once. */
  used(api: object, count: () => Promise<Used>): Promise<Used>;
}

export type Used = { readonly least: number; readonly most: number };

type Page = {
  reserved: number;
  made: number;
  limit?: Promise<number | undefined>;
  used?: Promise<Used>;
};

/** One page for each region and identity: quotas are an account's. */
export function createQuotaBook(): QuotaBook {
  const pages = new WeakMap<object, Page>();
  const pageOf = (api: object): Page => {
    const page = pages.get(api) ?? { reserved: 0, made: 0 };
    pages.set(api, page);
    return page;
  };
  return {
    reserve(api, calls) {
      const page = pageOf(api);
      page.reserved += calls;
      return page.reserved;
    },
    release(api, calls) {
      pageOf(api).reserved -= calls;
    },
    accepted(api) {
      pageOf(api).made += 1;
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
