import { handler } from "../../lambda/access";
import type { ApiEvent } from "../../lambda/shared/api-event";

it("answers its caller with its id and claims, and with nothing of its headers", async () => {
  const claims = { client_id: "two", scope: "test_resource/test" };
  const caller = { clientId: "two", name: "shop", scopes: ["test_resource/test"] };
  const event = { headers: { Authorization: "canary-token" }, requestContext: { authorizer: { claims } }, caller };

  const { statusCode, body } = await handler(event as unknown as ApiEvent);

  expect([statusCode, JSON.parse(body)]).toEqual([200, { caller: "two", claims }]);
});
