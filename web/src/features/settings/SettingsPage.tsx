import { Container, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { systemQuery } from "@/api/system";
import { AboutSection } from "@/features/settings/AboutSection";
import { AppearanceSection } from "@/features/settings/AppearanceSection";
import { HealthSection } from "@/features/settings/HealthSection";
import { JobsSection } from "@/features/settings/JobsSection";
import { OrganizeSection } from "@/features/settings/OrganizeSection";
import { RootsSection } from "@/features/settings/RootsSection";
import { SessionSection } from "@/features/settings/SessionSection";
import { StorageSection } from "@/features/settings/StorageSection";

/** The settings: library folders, scans and renders, facts about the server, and the theme of the page. */
export function SettingsPage() {
  const { data: system } = useQuery(systemQuery);
  return (
    <Container size="lg" py="lg">
      <Title order={1} size="h2" mb="lg">
        Settings
      </Title>
      <RootsSection />
      <JobsSection />
      <OrganizeSection />
      <HealthSection />
      <StorageSection />
      <AppearanceSection />
      {system?.token_required && <SessionSection />}
      <AboutSection />
    </Container>
  );
}
