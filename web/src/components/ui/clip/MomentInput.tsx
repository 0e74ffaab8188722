import { TextInput, type TextInputProps } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";

import { formatMoment, frameAt, frameSeconds, nearestFrame, parseMoment } from "@/lib/moments";

interface MomentInputProps extends Omit<TextInputProps, "value" | "onChange" | "onBlur" | "onKeyDown"> {
  /** Null if not set. */
  seconds: number | null;
  frameRate: string | null;
  /** The duration of the video; null if unknown. */
  durationSeconds: number | null;
  /** Hides the frame number. */
  plain?: boolean;
  onSet: (seconds: number | null) => void;
}

/** A time field; the arrow keys move it by frames. */
export function MomentInput({ seconds, frameRate, durationSeconds, plain = false, onSet, ...input }: MomentInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const parsed = typed === null ? seconds : parseMoment(typed, frameRate);
  const isWrong = typed !== null && typed.trim() !== "" && parsed === null;
  const frame = parsed === null ? null : frameAt(parsed, frameRate);

  function set(moment: number) {
    setTyped(null);
    onSet(nearestFrame(Math.min(moment, durationSeconds ?? Infinity), frameRate));
  }

  function commit() {
    if (typed === null || isWrong) return;
    if (parsed === null) {
      setTyped(null);
      onSet(null);
    } else set(parsed);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter") commit();
    else if (event.key === "Escape" && typed !== null) setTyped(null);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const frames = (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1);
      set(Math.max(0, (parsed ?? durationSeconds ?? 0) + frames * frameSeconds(frameRate)));
    }
  }

  return (
    <TextInput
      {...input}
      value={typed ?? (seconds === null ? "" : formatMoment(seconds))}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={onKeyDown}
      inputMode="decimal"
      autoComplete="off"
      error={isWrong ? "Enter a time such as 1:02.5" : input.error}
      description={plain ? undefined : frame === null ? "\u00A0" : `frame ${frame.toLocaleString("en")}`}
      inputWrapperOrder={["label", "input", "description", "error"]}
    />
  );
}
