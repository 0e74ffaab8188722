/** Only the player controls in use; each import registers an element. */
import "media-chrome/media-controller";
import "media-chrome/media-control-bar";
import "media-chrome/media-fullscreen-button";
import "media-chrome/media-loading-indicator";
import "media-chrome/media-mute-button";
import "media-chrome/media-pip-button";
import "media-chrome/media-play-button";
import "media-chrome/media-playback-rate-button";
import "media-chrome/media-preview-thumbnail";
import "media-chrome/media-preview-time-display";
import "media-chrome/media-seek-backward-button";
import "media-chrome/media-seek-forward-button";
import "media-chrome/media-time-display";
import "media-chrome/media-time-range";
import "media-chrome/media-volume-range";

import type { HTMLAttributes, RefAttributes } from "react";

type Control = HTMLAttributes<HTMLElement> & RefAttributes<HTMLElement> & { slot?: string };
/** Attributes of custom elements; one without a value is "". */
type With<Names extends string> = Control & Partial<Record<Names, string>>;

declare module "react" {
  // oxlint-disable-next-line @typescript-eslint/no-namespace -- where React looks for elements
  namespace JSX {
    interface IntrinsicElements {
      "media-controller": With<"nohotkeys" | "novolumepref" | "nomutedpref" | "gesturesdisabled" | "defaultsubtitles">;
      "media-control-bar": Control;
      "media-fullscreen-button": Control;
      "media-loading-indicator": With<"noautohide">;
      "media-mute-button": Control;
      "media-pip-button": Control;
      "media-play-button": Control;
      "media-playback-rate-button": With<"rates">;
      "media-preview-thumbnail": Control;
      "media-preview-time-display": Control;
      "media-seek-backward-button": With<"seekoffset">;
      "media-seek-forward-button": With<"seekoffset">;
      "media-time-display": With<"showduration">;
      "media-time-range": Control;
      "media-volume-range": Control;
    }
  }
}
