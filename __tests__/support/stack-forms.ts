/** The forms in which Terraform's JSON syntax takes the same stack. */

type Json = Readonly<Record<string, unknown>>;

/** Resources of each type by their names. */
type Resources = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Each returns another form of a stack whose form is that of CDKTF. */
export const STACK_FORMS: Readonly<Record<string, (stack: Json) => unknown>> = {
  "a list for the file": (stack) => Object.entries(stack).map(([name, value]) => ({ [name]: value })),
  "a list for resource": (stack) => ({
    ...stack,
    resource: Object.entries(resourcesOf(stack)).map(([type, named]) => ({ [type]: named })),
  }),
  "lists for types": (stack) =>
    withResources(stack, (named) => Object.entries(named).map(([name, body]) => ({ [name]: body }))),
  "lists for names": (stack) => withBodies(stack, (body) => [body]),
  "lists for bodies": (stack) =>
    withBodies(stack, (body) => [Object.entries(body).map(([name, value]) => ({ [name]: value }))]),
};

function resourcesOf(stack: Json): Resources {
  return (stack["resource"] ?? {}) as Resources;
}

function withResources(stack: Json, convert: (named: Resources[string]) => unknown): Json {
  const converted = Object.entries(resourcesOf(stack)).map(([type, named]) => [type, convert(named)]);
  return { ...stack, resource: Object.fromEntries(converted) };
}

function withBodies(stack: Json, convert: (body: Json) => unknown): Json {
  return withResources(stack, (named) =>
    Object.fromEntries(Object.entries(named).map(([name, body]) => [name, convert(body)])),
  );
}
