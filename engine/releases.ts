/** Orders mainline releases: 5.10 comes after 5.9. Stable suffixes (`5.4.60`) count after their release. */
export function compareReleases(left: string, right: string): number {
  const a = left.split('.').map(Number);
  const b = right.split('.').map(Number);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** True when `release` is at or after `since`; false when `since` is null (never). */
export function isAtLeast(release: string, since: string | null): boolean {
  return since !== null && compareReleases(release, since) >= 0;
}

/** The mainline release that a stable one is based on: 5.4 of 5.4.60. A mainline release is its own. */
export function seriesOf(release: string): string {
  return release.split('.').slice(0, 2).join('.');
}
