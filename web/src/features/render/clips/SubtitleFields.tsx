import { NativeSelect, Text } from "@mantine/core";

import type { components } from "@/api/generated/schema";
import { withExtra, type ClipExtras } from "@/features/render/clips/clipChanges";
import { FieldGroup } from "@/features/render/clips/FieldGroup";
import { isNamed } from "@/features/render/effects/effect";
import { useFault, useFaultsAmong } from "@/features/render/fields/faults";
import { RootFileFields } from "@/features/render/fields/RootFileFields";
import { changeRenderDraft, renderDraft } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipMore.module.css";

interface SubtitleFieldsProps {
  extras: ClipExtras;
  path: string;
  number: number;
  /** The name of the library folder that the file starts with. */
  root: string | undefined;
  onChange: (extras: ClipExtras) => void;
}

const encodings: Readonly<Record<NonNullable<components["schemas"]["SubtitleFile"]["encoding"]>, string>> = {
  "utf-8": "UTF-8",
  "utf-16": "UTF-16",
  "windows-1250": "Central European (windows-1250)",
  "windows-1251": "Cyrillic (windows-1251)",
  "windows-1252": "Western (windows-1252)",
  "windows-1253": "Greek (windows-1253)",
  "windows-1254": "Turkish (windows-1254)",
  "windows-1255": "Hebrew (windows-1255)",
  "windows-1256": "Arabic (windows-1256)",
  "windows-1257": "Baltic (windows-1257)",
  "windows-1258": "Vietnamese (windows-1258)",
  "windows-874": "Thai (windows-874)",
  "iso-8859-1": "Western (ISO 8859-1)",
  "iso-8859-2": "Central European (ISO 8859-2)",
  "iso-8859-15": "Western (ISO 8859-15)",
  "koi8-r": "Cyrillic (KOI8-R)",
  shift_jis: "Japanese (Shift JIS)",
  "euc-jp": "Japanese (EUC-JP)",
  "euc-kr": "Korean (EUC-KR)",
  gb18030: "Chinese (GB 18030)",
  big5: "Chinese (Big5)",
};

/** The subtitle file of a clip. The first one that is named sets the option to burn it in, unless that is chosen. */
export function SubtitleFields({ extras, path, number, root, onChange }: SubtitleFieldsProps) {
  const file = extras["subtitle_file"];
  const among = useFaultsAmong(`${path}.subtitle_file`, ["path", "root"]);
  const whole = useFault(`${path}.subtitle_file`);
  const wrongEncoding = useFault(`${path}.subtitle_file.encoding`);
  const encoding = typeof file === "object" && file !== null && "encoding" in file ? file.encoding : null;

  function set(next: Readonly<Record<string, unknown>>) {
    onChange(withExtra(extras, "subtitle_file", next));
    const { options } = renderDraft();
    if (!isNamed(file) && isNamed(next) && options["subtitles"] === undefined) {
      changeRenderDraft({ options: { ...options, subtitles: "burn" } });
    }
  }

  return (
    <FieldGroup name="Subtitles" label={`Subtitles of clip ${number}`}>
      <RootFileFields
        name={`the subtitle file of clip ${number}`}
        file={file}
        placeholder="films/film.en.srt"
        error={[among, whole].filter((words) => words).join(" ") || undefined}
        usualRoot={root}
        onChange={set}
      />
      {isNamed(file) && (
        <NativeSelect
          size="xs"
          label="Encoding"
          aria-label={`Encoding of the subtitle file of clip ${number}`}
          error={wrongEncoding}
          data={[
            { value: "", label: "Automatic" },
            ...Object.entries(encodings).map(([value, label]) => ({ value, label })),
          ]}
          value={typeof encoding === "string" ? encoding : ""}
          onChange={(event) =>
            onChange(
              withExtra(
                extras,
                "subtitle_file",
                withExtra(file as ClipExtras, "encoding", event.currentTarget.value || undefined),
              ),
            )
          }
        />
      )}
      <Text size="xs" c="dimmed" className={classes["note"] ?? ""}>
        {isNamed(file)
          ? "The option “Subtitles” below burns them in or keeps them as a track."
          : "A file with subtitles (.srt, .vtt, .ass, .ssa), in place of those in the video."}
      </Text>
    </FieldGroup>
  );
}
