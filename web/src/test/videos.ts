import { http, HttpResponse } from "msw";

import type { VideoDetail, VideoPatch } from "@/api/types";
import { at } from "@/test/server";

/** Returns a video as sent by the server. */
export function aVideo(facts: Partial<VideoDetail> = {}): VideoDetail {
  return {
    id: "0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80",
    root: "Videos",
    path: "holidays/beach.mp4",
    folder: "holidays",
    name: "beach.mp4",
    title: null,
    status: "ok",
    reason: null,
    read_error: null,
    read_failed_at: null,
    size_bytes: 734003200,
    modified_at: "2025-08-02T17:12:09Z",
    modified_at_clamped: false,
    added_at: "2026-01-31T12:00:01Z",
    taken_at: null,
    missing_since: null,
    fingerprint: null,
    duration_seconds: 1834.2,
    width: 1920,
    height: 1080,
    rotation: 0,
    video_codec: "h264",
    audio_codec: "aac",
    frame_rate: "30000/1001",
    bit_rate: 3201000,
    container: "mov,mp4,m4a,3gp,3g2,mj2",
    hdr: null,
    tags: [],
    rating: null,
    favourite: false,
    position_seconds: 0,
    watched: false,
    watched_at: null,
    thumbnail_url: null,
    storyboard_url: null,
    stream_url: "/api/v1/videos/0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80/stream",
    media_info: null,
    duplicates: [],
    notes: null,
    playable: { as_is: true, mime_type: null, reason: null },
    ...facts,
  } as VideoDetail;
}

/** Responds for one video like the server: edits need its newest revision. */
export class VideoOnServer {
  protected declare readonly nominal: true;
  revision = 1;
  edits: VideoPatch[] = [];
  /** Whether edits get no response. */
  isDown = false;

  constructor(public video: VideoDetail) {}

  /** Edits the video like another person. */
  change(patch: Partial<VideoDetail>): void {
    this.video = { ...this.video, ...patch };
    this.revision += 1;
  }

  get handlers() {
    const address = at(`/api/v1/videos/${this.video.id}`);
    const answer = () =>
      HttpResponse.json(this.video, { headers: { etag: `"${this.revision}"` } });
    return [
      http.get(address, answer),
      http.patch(address, async ({ request }) => {
        if (this.isDown) return HttpResponse.error();
        if (request.headers.get("if-match") !== `"${this.revision}"`) {
          return HttpResponse.json({ detail: "It was changed meanwhile." }, { status: 412 });
        }
        const patch = (await request.json()) as VideoPatch;
        this.edits.push(patch);
        this.change(patch as Partial<VideoDetail>);
        return answer();
      }),
    ];
  }
}
