export { MockClient, type ClientLike, type MockOptions } from "./client";
export * from "./world";
