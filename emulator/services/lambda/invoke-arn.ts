/**
 * ARNs by which API Gateway names a function that it invokes, as the real provider makes them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integrations.html
 */

/** The integration's URI for an ARN of a function, a version or an alias. */
export function invokeArn({ region }: { readonly region: string }, arn: string): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}

/** The same for an answer that is streamed. */
export function streamingInvokeArn({ region }: { readonly region: string }, arn: string): string {
  return `arn:aws:apigateway:${region}:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`;
}

/** ARN of the function, version or alias in an integration's URI; `undefined` when there is none. */
export function invokedArn(uri: string): string | undefined {
  return /\/functions\/(arn:aws:lambda:.+)\/invocations$/.exec(uri)?.[1];
}
