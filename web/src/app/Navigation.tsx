import { IconBolt, IconMovie, IconSettings, IconStack2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import classes from "@/app/Navigation.module.css";

const places = [
  { to: "/", label: "Library", Icon: IconMovie },
  { to: "/jobs", label: "Jobs", Icon: IconStack2 },
  { to: "/rules", label: "Rules", Icon: IconBolt },
  { to: "/settings", label: "Settings", Icon: IconSettings },
] as const;

/** Links to the pages: in the header, or at the bottom on a phone. */
export function Navigation() {
  return (
    <>
      <Link to="/" className={classes["logo"]} aria-label="stoat-ferret home">
        <img src="/icon.svg" alt="" width={28} height={28} />
        <span className={classes["name"]}>stoat-ferret</span>
      </Link>
      <nav aria-label="Pages" className={classes["places"]}>
        {places.map(({ to, label, Icon }) => (
          <Link key={to} to={to} className={classes["place"]} activeOptions={{ exact: true, includeSearch: false }}>
            <Icon size={20} aria-hidden />
            <span>{label}</span>
          </Link>
        ))}
      </nav>
    </>
  );
}
