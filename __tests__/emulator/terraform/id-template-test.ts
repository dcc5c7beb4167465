/** Ids that are made of attributes. */
import { parseId, renderId } from "../../../emulator/terraform/id-template";

const TEMPLATE = "<function_name>[:<qualifier>]/<id>";

describe("renderId", () => {
  it.each([
    [{ function_name: "orders", qualifier: "live", id: "gateway" }, "orders:live/gateway"],
    [{ function_name: "orders", qualifier: "", id: "gateway" }, "orders/gateway"],
    [{ function_name: "orders", qualifier: null, id: "gateway" }, "orders/gateway"],
  ])("writes a part in brackets when its attribute is set: %j", (attributes, id) => {
    expect(renderId(TEMPLATE, attributes)).toBe(id);
  });
});

describe("parseId", () => {
  it.each([
    ["orders:live/gateway", { function_name: "orders", qualifier: "live", id: "gateway" }],
    ["orders/gateway", { function_name: "orders", id: "gateway" }],
    ["arn:aws:lambda:::orders/gateway", { function_name: "arn:aws:lambda:::orders", id: "gateway" }],
  ])("takes %s apart", (id, attributes) => {
    expect(parseId(TEMPLATE, id)).toEqual(attributes);
  });

  it("leaves what is left to the last attribute", () => {
    expect(parseId("<rest_api_id>/<id>", "a/b/c")).toEqual({ rest_api_id: "a", id: "b/c" });
  });

  it("takes no id of another form", () => {
    expect(parseId(TEMPLATE, "orders")).toBeUndefined();
  });
});
