/** What a test file imports: `import { closed, defineTest, defineUser } from "muster-load"`. */
export type { FailureKind } from "./core/failure-kind.ts";
export {
  type ClassShareDefinition,
  defineTest,
  defineUser,
  type ProfileDefinition,
  type TaskDefinition,
  type TestDefinition,
  type ThresholdDefinitions,
  type UserDefinition,
} from "./scenario/define.ts";
export { env } from "./scenario/environment.ts";
export type {
  Expectation,
  HttpClient,
  HttpResponse,
  Method,
  RequestOptions,
} from "./scenario/http.ts";
export { type ClosedLoad, closed, type Load, type Stage } from "./scenario/load.ts";
export { between, constant, type Pause } from "./scenario/pause.ts";
export type { LifecycleContext, VirtualUser } from "./scenario/virtual-user.ts";
