/** What a process knows of a region's quota; shared by all resources of an `up`. */
export interface QuotaBook {
  /** Adds calls that are about to be made. @returns all that were reserved in this process */
  reserve(region: string, calls: number): number;
  limit(region: string, read: () => Promise<number | undefined>): Promise<number | undefined>;
  used(region: string, count: () => Promise<Used>): Promise<Used>;
}

export type Used = { readonly least: number; readonly most: number };

export function createQuotaBook(): QuotaBook {
  const reserved = new Map<string, number>();
  const limits = new Map<string, Promise<number | undefined>>();
  const uses = new Map<string, Promise<Used>>();
  const once = <T>(
    memory: Map<string, Promise<T>>,
    key: string,
    read: () => Promise<T>,
  ): Promise<T> => {
    const known = memory.get(key);
    if (known !== undefined) return known;
    const answer = read();
    memory.set(key, answer);
    // A read that failed may fare better for the next resource.
    answer.catch(() => memory.delete(key));
    return answer;
  };
  return {
    reserve(region, calls) {
      const sum = (reserved.get(region) ?? 0) + calls;
      reserved.set(region, sum);
      return sum;
    },
    limit: (region, read) => once(limits, region, read),
    used: (region, count) => once(uses, region, count),
  };
}
