import { InvalidArgumentError } from "commander";
import { addBackendOverride } from "../../../cli/embedded-aws/backend-override";

const none = new Map<string, string>();

describe("addBackendOverride", () => {
  it("takes a backend's origin and one on this machine", () => {
    expect([...addBackendOverride("https://orders.example.com=http://127.0.0.1:8080", none)]).toEqual([
      ["https://orders.example.com", "http://127.0.0.1:8080"],
    ]);
  });

  it("adds to those before, and takes the last one for the same backend", () => {
    const one = addBackendOverride("https://a.example.com=http://localhost:1", none);
    const two = addBackendOverride("https://b.example.com:8443=http://[::1]:2", one);

    expect(Object.fromEntries(addBackendOverride("https://a.example.com/=http://127.0.0.1:3", two))).toEqual({
      "https://a.example.com": "http://127.0.0.1:3",
      "https://b.example.com:8443": "http://[::1]:2",
    });
  });

  it.each([
    "https://orders.example.com",
    "orders.example.com=http://127.0.0.1:8080",
    "http://orders.example.com=http://127.0.0.1:8080",
    "https://orders.example.com=https://127.0.0.1:8080",
    "https://orders.example.com/v1=http://127.0.0.1:8080",
    "https://orders.example.com=http://127.0.0.1:8080/v1",
    "https://user@orders.example.com=http://127.0.0.1:8080",
    "",
  ])("refuses %p, which is no pair of origins", (value) => {
    expect(() => addBackendOverride(value, none)).toThrow(
      new InvalidArgumentError(
        "Expected <origin of the backend>=<origin on this machine>, such as https://orders.example.com=http://127.0.0.1:8080.",
      ),
    );
  });

  it.each(["http://10.0.0.7:80", "http://localhost.example.com:8080", "http://127.0.0.1.example.com"])(
    "refuses %s, which is another machine",
    (standIn) => {
      expect(() => addBackendOverride(`https://orders.example.com=${standIn}`, none)).toThrow(
        "is not on this machine. The embedded AWS connects to no other machine.",
      );
    },
  );
});
