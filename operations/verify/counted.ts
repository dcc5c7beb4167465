/** Numbers for people. Pure. */

/** Such as `1 client` and `2 clients`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
