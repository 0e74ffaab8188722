import { IconMovie, IconPlaylist, IconScissors, IconSettings, IconStack2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import classes from "@/app/Navigation.module.css";

const places = [
  { to: "/", label: "Library", Icon: IconMovie },
  { to: "/collections", label: "Collections", Icon: IconPlaylist },
  { to: "/render", label: "Render", Icon: IconScissors },
  { to: "/jobs", label: "Jobs", Icon: IconStack2 },
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
          <Link key={to} to={to} className={classes["place"]} activeOptions={{ exact: to !== "/collections", includeSearch: false }}>
            <Icon size={20} aria-hidden />
            <span>{label}</span>
          </Link>
        ))}
      </nav>
    </>
  );
}
