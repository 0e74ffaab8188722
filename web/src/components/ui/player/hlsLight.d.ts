/** The package has types for its full build alone. */
declare module "hls.js/light" {
  export { default } from "hls.js";
  export * from "hls.js";
}
