/** What to do about a route that was removed and still answers. Pure. */

export function adviceOnLeftover(route: string): string {
  const what = `${route} was removed, and answers until the API is deployed anew`;
  return `${what}: terraform apply -replace=<address of its aws_api_gateway_deployment>, as the README tells`;
}
