import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";

import { playerSettings, usePlayerSettings } from "@/components/ui/player/playerSettings";

test("volume, mute and speed are applied to the next player", () => {
  const first = document.createElement("video");
  renderHook(() => usePlayerSettings({ current: first }));
  first.volume = 0.3;
  first.muted = true;
  first.playbackRate = 1.5;
  first.dispatchEvent(new Event("volumechange"));
  first.dispatchEvent(new Event("ratechange"));
  const next = document.createElement("video");
  renderHook(() => usePlayerSettings({ current: next }));
  expect(next.volume).toBe(0.3);
  expect(next.muted).toBe(true);
  expect(next.playbackRate).toBe(1.5);
  expect(next.defaultPlaybackRate).toBe(1.5);
});

test.each<[string, (leave: () => void) => void]>([
  ["the page", () => window.dispatchEvent(new Event("pagehide"))],
  ["the player", (leave) => leave()],
])("a change just before %s is left is stored, although its event never comes", (_what, leaves) => {
  const video = document.createElement("video");
  for (const name of ["volumechange", "ratechange"])
    video.addEventListener(name, (event) => event.stopImmediatePropagation());
  const { unmount } = renderHook(() => usePlayerSettings({ current: video }));
  video.volume = 0.2;
  video.muted = true;
  video.playbackRate = 1.25;
  leaves(unmount);
  expect(playerSettings()).toEqual({ volume: 0.2, muted: true, speed: 1.25 });
});

test("a tab that is left without a change keeps what another tab has stored", () => {
  const { unmount } = renderHook(() => usePlayerSettings({ current: document.createElement("video") }));
  localStorage.setItem("stoat-ferret.player", '{"volume":0.4,"muted":true,"speed":2}');
  window.dispatchEvent(new Event("pagehide"));
  unmount();
  expect(playerSettings()).toEqual({ volume: 0.4, muted: true, speed: 2 });
});

test.each(["{", "null", "[]", '{"volume":7,"muted":"x","speed":0}', '{"volume":null,"speed":"2"}'])(
  "%s in the storage is no setting",
  (rubbish) => {
    localStorage.setItem("stoat-ferret.player", rubbish);
    expect(playerSettings()).toEqual({ volume: 1, muted: false, speed: 1 });
  },
);
