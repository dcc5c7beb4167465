/** The commands of `access`, grouped as a newcomer meets them. Each is loaded only when it is used. */
import type { Group } from "./entry";

/** All commands. The name of each is that of its file. */
export const GROUPS: readonly Group[] = [
  {
    title: "Try it, without an AWS account",
    entries: [
      {
        name: "demo",
        usage: "[env]",
        summary: "runs the stack's whole lifecycle on an embedded AWS",
        load: () => require("./demo"),
      },
      {
        name: "local",
        usage: "[command...]",
        summary: "serves the embedded AWS, or runs a command on it",
        load: () => require("./local"),
      },
    ],
  },
  {
    title: "Before a deployment",
    entries: [
      {
        name: "new",
        usage: "<what>",
        summary: "adds a client, scope, route or function",
        load: () => require("./new"),
      },
      {
        name: "adopt",
        usage: "",
        summary: "takes over a user pool and an API that exist",
        load: () => require("./adopt"),
      },
      {
        name: "matrix",
        usage: "",
        summary: "who can call what, from the synthesized Terraform",
        load: () => require("./matrix"),
      },
      {
        name: "capacity",
        usage: "[env]",
        summary: "load against quotas: what breaks first, what it costs",
        load: () => require("./capacity"),
      },
      {
        name: "bootstrap",
        usage: "[env]",
        summary: "creates or repairs the S3 bucket of the state",
        load: () => require("./bootstrap"),
      },
      {
        name: "preflight",
        usage: "[env]",
        summary: "checks that the AWS account is ready",
        load: () => require("./preflight"),
      },
    ],
  },
  {
    title: "Deploy",
    entries: [
      {
        name: "deploy",
        usage: "[env]",
        summary: "review, confirmation, apply and verify in one",
        load: () => require("./deploy"),
      },
      {
        name: "review",
        usage: "[env]",
        summary: "plans: gained and lost access, replacements, costs",
        load: () => require("./review"),
      },
      {
        name: "apply",
        usage: "<plan>",
        summary: "applies exactly the plan that was reviewed",
        load: () => require("./apply"),
      },
    ],
  },
  {
    title: "Use a deployment",
    entries: [
      {
        name: "token",
        usage: "<client>",
        summary: "gets an access token; --decode, --curl, --basic",
        load: () => require("./token"),
      },
      {
        name: "call",
        usage: "<method> <path>",
        summary: "calls a route, as a client or without a token",
        load: () => require("./call"),
      },
      {
        name: "logs",
        usage: "[name]",
        summary: "log lines of functions and the API; --follow, --event",
        load: () => require("./logs"),
      },
      {
        name: "handout",
        usage: "<client> [env]",
        summary: "prints what a client's team needs, with code",
        load: () => require("./handout"),
      },
      {
        name: "postman",
        usage: "[env]",
        summary: "writes a collection and an environment for Postman",
        load: () => require("./postman"),
      },
    ],
  },
  {
    title: "Operate it",
    entries: [
      {
        name: "verify",
        usage: "[env]",
        summary: "calls every route as every client to test the matrix",
        load: () => require("./verify"),
      },
      {
        name: "report",
        usage: "[env]",
        summary: "who may call what since when, for an auditor",
        load: () => require("./report"),
      },
      {
        name: "drift",
        usage: "[env]",
        summary: "compares AWS with the Terraform state and the code",
        load: () => require("./drift"),
      },
      {
        name: "kill",
        usage: "<client> [env]",
        summary: "disables a client now, without a deployment",
        load: () => require("./kill"),
      },
      {
        name: "usage",
        usage: "[env]",
        summary: "last tokens and calls of clients, ages of secrets",
        load: () => require("./usage"),
      },
      {
        name: "rotate",
        usage: "[client]",
        summary: "gives a client a new secret; its id stays",
        load: () => require("./rotate"),
      },
      {
        name: "teardown",
        alias: "destroy",
        usage: "<env>",
        summary: "destroys an environment, reports what remains",
        load: () => require("./teardown"),
      },
    ],
  },
  {
    title: "Automate it",
    entries: [
      {
        name: "policy",
        usage: "<which>",
        summary: "prints IAM policies of roles that plan, apply, rotate",
        load: () => require("./policy"),
      },
      {
        name: "github",
        usage: "<command>",
        summary: "runs GitHub steps of the workflows, prints CODEOWNERS",
        load: () => require("./github"),
      },
      {
        name: "completion",
        usage: "<shell>",
        summary: "prints a completion script for bash, zsh or fish",
        load: () => require("./completion").completionOf(GROUPS),
      },
    ],
  },
  {
    title: "Work on this package",
    entries: [
      {
        name: "emulated",
        usage: "",
        summary: "lists what the embedded AWS emulates",
        load: () => require("./emulated"),
      },
      {
        name: "access-schema",
        usage: "",
        summary: "writes access.schema.json, for editors",
        load: () => require("./access-schema"),
      },
    ],
  },
];
