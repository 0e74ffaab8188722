import { FacetList } from "@/features/library/filters/FacetList";
import { ratingWords } from "@/features/library/filters/filterWords";

interface RatingFilterProps {
  rating: number | undefined;
  onChange: (rating: number | undefined) => void;
}

const choices = [5, 4, 3, 2, 1].map((rating) => ({
  value: String(rating),
  label: ratingWords(rating),
  count: null,
}));

export function RatingFilter({ rating, onChange }: RatingFilterProps) {
  return (
    <FacetList
      title="Rating"
      choices={choices}
      chosen={rating === undefined ? [] : [String(rating)]}
      onToggle={(value) => onChange(Number(value) === rating ? undefined : Number(value))}
    />
  );
}
