/** The resources of the example's stack, as an AWS CDK app declares them. */
const { App, Stack, RemovalPolicy } = require("aws-cdk-lib");
const apigateway = require("aws-cdk-lib/aws-apigateway");
const cognito = require("aws-cdk-lib/aws-cognito");
const { NodejsFunction } = require("aws-cdk-lib/aws-lambda-nodejs");
const lambda = require("aws-cdk-lib/aws-lambda");
const logs = require("aws-cdk-lib/aws-logs");
const { join } = require("node:path");

const project = join(__dirname, "..", "..");
const app = new App({ outdir: process.env.CDK_OUTDIR });
const stack = new Stack(app, "dev", { env: { region: "ap-northeast-1", account: "123456789012" } });

const pool = new cognito.UserPool(stack, "pool", { selfSignUpEnabled: false, removalPolicy: RemovalPolicy.DESTROY });
pool.addDomain("domain", { cognitoDomain: { domainPrefix: "cc-demo-dev" } });
const scope = new cognito.ResourceServerScope({ scopeName: "test", scopeDescription: "Test" });
const server = pool.addResourceServer("server", { identifier: "test_resource", scopes: [scope] });
pool.addClient("client", {
  generateSecret: true,
  oAuth: { flows: { clientCredentials: true }, scopes: [cognito.OAuthScope.resourceServer(server, scope)] },
});

const handler = new NodejsFunction(stack, "access", {
  entry: join(project, "lambda", "access.ts"),
  projectRoot: project,
  depsLockFilePath: join(project, "package-lock.json"),
  runtime: lambda.Runtime.NODEJS_22_X,
  architecture: lambda.Architecture.ARM_64,
  bundling: { minify: true },
  logGroup: new logs.LogGroup(stack, "logs", { retention: logs.RetentionDays.ONE_MONTH }),
});
const api = new apigateway.RestApi(stack, "api", {
  defaultCorsPreflightOptions: { allowOrigins: ["*"] },
  deployOptions: {
    accessLogDestination: new apigateway.LogGroupLogDestination(new logs.LogGroup(stack, "access-log")),
  },
});
const authorizer = new apigateway.CognitoUserPoolsAuthorizer(stack, "authorizer", { cognitoUserPools: [pool] });
api.root.addResource("access").addMethod("POST", new apigateway.LambdaIntegration(handler), {
  authorizer,
  authorizationScopes: ["test_resource/test"],
});
app.synth();
