import { Alert, List, Text } from "@mantine/core";

import { titleOf, type TimelineNews } from "@/features/render/timeline/timelineNews";

import classes from "@/features/render/RenderPage.module.css";

interface TimelineNoticeProps {
  news: TimelineNews;
  onClose: () => void;
}

/** Shows the result of opening or saving a timeline, with all losses. */
export function TimelineNotice({ news, onClose }: TimelineNoticeProps) {
  const hasFailed = news.kind === "unopened" || news.kind === "unsaved";
  return (
    <Alert
      color={hasFailed ? "red" : news.notes.length > 0 ? "orange" : "teal"}
      variant="light"
      role="presentation"
      title={titleOf(news)}
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      {hasFailed ? (
        <Text size="sm">{news.notes[0]}</Text>
      ) : (
        news.notes.length > 0 && (
          <List size="sm" spacing={2} aria-label={titleOf(news)} className={classes["timelineNotes"] ?? ""} tabIndex={0}>
            {news.notes.map((note) => (
              <List.Item key={note}>{note}</List.Item>
            ))}
          </List>
        )
      )}
    </Alert>
  );
}
