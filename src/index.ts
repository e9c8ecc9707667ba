/// <reference path="./imported-files.d.ts" preserve="true" />
/** The API of test files: `import { closed, defineTest, defineUser } from "muster-load"`. */
export type { FailureKind } from "./core/failure-kind.ts";
export type { ThresholdDefinition } from "./core/thresholds/threshold.ts";
export { basicAuth } from "./scenario/auth/basic-auth.ts";
export { type AccessToken, bearerAuth, type TokenContext, type TokenSource } from "./scenario/auth/bearer-auth.ts";
export { digestAuth } from "./scenario/auth/digest-auth.ts";
export { env, secret } from "./scenario/bundle/environment.ts";
export type {
  ClientCertificate,
  ClientTls,
  ConnectTo,
  ResolveOptions,
  SecretSource,
  TlsOptions,
  TlsSource,
  TlsVersion,
  UserTlsOptions,
} from "./scenario/connections/connection.ts";
export { secretFile, secretFiles } from "./scenario/connections/secret-files.ts";
export type { AuthContext, Authentication, Authenticator, AuthSetting } from "./scenario/definition/authentication.ts";
export { type CapacityLoad, findCapacity, type SearchOptions } from "./scenario/definition/capacity-load.ts";
export { defineConfig, type MusterConfig } from "./scenario/definition/config.ts";
export {
  type ClassShareDefinition,
  type CostDefinition,
  type DriftDefinition,
  defineTest,
  defineUser,
  type LoadDefinition,
  type ProfileDefinition,
  type ScenarioDefinition,
  type TestDefinition,
  type TestPermissions,
  type ThresholdDefinitions,
  type UserDefinition,
} from "./scenario/definition/define.ts";
export type { HeaderSettings } from "./scenario/definition/header-rules.ts";
export type {
  BinaryObject,
  ClientCookies,
  ClientHeaders,
  DescribedPart,
  Expectation,
  FollowedRedirect,
  FormFields,
  HeaderList,
  HeaderValue,
  HttpClient,
  HttpResponse,
  Method,
  MultipartFields,
  PartContent,
  RequestAuthentication,
  RequestBody,
  RequestFields,
  RequestOptions,
  RequestTimeouts,
  RequestUrl,
  SearchParameters,
  StreamedResponse,
  StreamingOptions,
} from "./scenario/definition/http.ts";
export {
  type ClosedLoad,
  closed,
  type IterationLoad,
  iterations,
  type Load,
  type OpenLoad,
  open,
  type ShapedLoad,
  type ShapeFunction,
  type ShapeStatistics,
  type ShapeTarget,
  type Stage,
  shape,
} from "./scenario/definition/load.ts";
export type { MeasuredCall, MeasureOptions } from "./scenario/definition/measure.ts";
export type { MeasurementOptions } from "./scenario/definition/measurement-tags.ts";
export {
  type Counter,
  counter,
  type Gauge,
  gauge,
  type Rate,
  rate,
  type Trend,
  trend,
} from "./scenario/definition/own-metrics.ts";
export { between, constant, exponential, type Pause, pacing, throughput } from "./scenario/definition/pause.ts";
export { graphql } from "./scenario/definition/protocols/graphql.ts";
export type {
  AskOptions,
  MessageFilter,
  PingOptions,
  ReceiveOptions,
  UserWebSocket,
  WebSocketClose,
  WebSocketData,
  WebSocketMessage,
  WebSocketOptions,
} from "./scenario/definition/protocols/websocket.ts";
export type {
  PendingHeaders,
  PendingRequest,
  RequestHooks,
  SegmentedBody,
} from "./scenario/definition/request-hooks.ts";
export type { RequestSettings, RetryOptions } from "./scenario/definition/request-settings.ts";
export type {
  RunEndContext,
  RunHookContext,
  RunHooks,
  RunResult,
  RunStartContext,
  WorkerHookContext,
} from "./scenario/definition/run-hooks.ts";
export { type SpikeLoad, type SpikeTimes, spike } from "./scenario/definition/spike-load.ts";
export type { ServerSentEvent, StreamOptions, StreamReconnectOptions } from "./scenario/definition/streaming.ts";
export type { TaskDefinition, TaskSetDefinition } from "./scenario/definition/tasks.ts";
export type { TestFile, TestFileOptions } from "./scenario/definition/test-file.ts";
export type {
  LifecycleContext,
  RendezvousOptions,
  StopVerdict,
  VirtualUser,
} from "./scenario/definition/virtual-user.ts";
export { file } from "./scenario/files/test-files.ts";
export {
  type JsonOptions,
  json,
  type Observation,
  type ObserveContext,
  type ObserveDefinitions,
  type ObservedSourceDefinition,
  type ObserveFunction,
  type ObserveOptions,
  observed,
  type PrometheusOptions,
  type PromqlOptions,
  prometheus,
  promql,
  type SeriesAggregate,
} from "./scenario/observe/sources.ts";
export {
  DataEmptyError,
  type DataOptions,
  type DataSource,
  data,
  type UserDataSource,
  type WhenEmpty,
} from "./scenario/shared/data.ts";
export { type Once, type OnceContext, type OnceOptions, once } from "./scenario/shared/once.ts";
export { type Queue, queue, type TakeOptions } from "./scenario/shared/queue.ts";
