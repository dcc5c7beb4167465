/** The example's function, without the check of its callers. */
exports.handler = async ({ requestContext }) => ({
  statusCode: 200,
  body: JSON.stringify({ caller: requestContext.authorizer?.claims?.client_id ?? null }),
});
