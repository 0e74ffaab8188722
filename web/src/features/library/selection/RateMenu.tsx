import { Button, Menu } from "@mantine/core";
import { IconStar } from "@tabler/icons-react";

import { ratingWords } from "@/features/library/selection/ratingWords";

const RATINGS = [5, 4, 3, 2, 1, null];

/** A menu of ratings for the selected videos: nothing happens until one is chosen. */
export function RateMenu({ onRate }: { onRate: (rating: number | null) => void }) {
  return (
    <Menu position="top" withinPortal={false} withInitialFocusPlaceholder={false} shadow="md" returnFocus>
      <Menu.Target>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconStar size={16} aria-hidden />}
          aria-label="Rate the selected videos"
        >
          Rate
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {RATINGS.map((rating) => (
          <Menu.Item key={rating} mih={44} aria-label={ratingWords(rating)} onClick={() => onRate(rating)}>
            {rating === null ? "No rating" : "★".repeat(rating)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
