-- Written by scripts/generate_schema.py: change the migrations, then run that.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE roots (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	path BLOB NOT NULL, 
	CONSTRAINT pk_roots PRIMARY KEY (id), 
	CONSTRAINT uq_roots_name UNIQUE (name), 
	CONSTRAINT uq_roots_path UNIQUE (path)
);
CREATE TABLE videos (
	number INTEGER NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	root_id INTEGER NOT NULL, 
	path BLOB NOT NULL, 
	folder TEXT NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	title TEXT, 
	searchable TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	reason TEXT, 
	size_bytes BIGINT NOT NULL, 
	mtime_ns BIGINT NOT NULL, 
	fingerprint VARCHAR(128), 
	probe_version INTEGER NOT NULL, 
	added_at DATETIME NOT NULL, 
	missing_since DATETIME, 
	duration_seconds FLOAT NOT NULL, 
	height INTEGER NOT NULL, 
	video_codec TEXT, 
	hdr TEXT, width INTEGER DEFAULT (-1) NOT NULL, rotation SMALLINT DEFAULT 0 NOT NULL, frame_rate TEXT, audio_codec TEXT, bit_rate BIGINT, container TEXT, taken_at DATETIME DEFAULT '0001-01-01 00:00:00' NOT NULL, labels TEXT DEFAULT '' NOT NULL, thumbnail_version INTEGER DEFAULT 0 NOT NULL, storyboard_version INTEGER DEFAULT 0 NOT NULL, read_error TEXT, read_failed_at DATETIME, 
	CONSTRAINT pk_videos PRIMARY KEY (number), 
	CONSTRAINT fk_videos_root_id_roots FOREIGN KEY(root_id) REFERENCES roots (id), 
	CONSTRAINT uq_videos_id UNIQUE (id)
);
CREATE INDEX ix_videos_by_added_at ON videos (status, added_at, number) WHERE missing_since IS NULL;
CREATE INDEX ix_videos_by_duration_seconds ON videos (status, duration_seconds, number) WHERE missing_since IS NULL;
CREATE INDEX ix_videos_by_folder ON videos (status, folder, number) WHERE missing_since IS NULL;
CREATE INDEX ix_videos_by_height ON videos (status, height, number) WHERE missing_since IS NULL;
CREATE INDEX ix_videos_by_mtime_ns ON videos (status, mtime_ns, number) WHERE missing_since IS NULL;
CREATE INDEX ix_videos_by_name_key ON videos (status, name_key, number) WHERE missing_since IS NULL;
CREATE INDEX ix_videos_by_size_bytes ON videos (status, size_bytes, number) WHERE missing_since IS NULL;
CREATE INDEX ix_videos_fingerprint ON videos (fingerprint);
CREATE INDEX ix_videos_missing_path ON videos (root_id, path) WHERE missing_since IS NOT NULL;
CREATE INDEX ix_videos_missing_since ON videos (missing_since) WHERE missing_since IS NOT NULL;
CREATE INDEX ix_videos_size_bytes_root_id ON videos (size_bytes, root_id);
CREATE UNIQUE INDEX ux_videos_present_path ON videos (root_id, path) WHERE missing_since IS NULL;
CREATE TABLE media_infos (
	video_number INTEGER NOT NULL, 
	media_info TEXT NOT NULL, 
	CONSTRAINT pk_media_infos PRIMARY KEY (video_number), 
	CONSTRAINT fk_media_infos_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE
);
CREATE TABLE found_files (
	inventory INTEGER NOT NULL, 
	path BLOB NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	mtime_ns BIGINT NOT NULL, 
	unusable TEXT, 
	state SMALLINT NOT NULL, 
	returned_number INTEGER, 
	fingerprint VARCHAR(128), 
	CONSTRAINT pk_found_files PRIMARY KEY (inventory, path)
)
 WITHOUT ROWID

;
CREATE INDEX ix_found_files_fingerprint ON found_files (inventory, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE TABLE inventories (
	number INTEGER NOT NULL, 
	scan_id VARCHAR(64) NOT NULL, settings JSON, 
	CONSTRAINT pk_inventories PRIMARY KEY (number), 
	CONSTRAINT uq_inventories_scan_id UNIQUE (scan_id)
);
CREATE TABLE unreadable_folders (
	inventory INTEGER NOT NULL, 
	first BLOB NOT NULL, 
	"end" BLOB, 
	CONSTRAINT pk_unreadable_folders PRIMARY KEY (inventory, first)
);
CREATE TABLE jobs (
	id VARCHAR(36) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	params JSON NOT NULL, 
	progress JSON NOT NULL, 
	result JSON, 
	error TEXT, 
	"key" TEXT, 
	priority INTEGER DEFAULT '0' NOT NULL, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	interruptions INTEGER DEFAULT '0' NOT NULL, 
	cancel_requested BOOLEAN DEFAULT false NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, 
	timeout_seconds FLOAT, 
	worker TEXT, revision INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (id)
);
CREATE INDEX ix_jobs_created_at_id ON jobs (created_at, id);
CREATE INDEX ix_jobs_status ON jobs (status);
CREATE INDEX ix_videos_by_taken_at ON videos (status, taken_at, number) WHERE missing_since IS NULL;
CREATE TABLE video_annotations (
	video_number INTEGER NOT NULL, 
	title TEXT, 
	rating SMALLINT, 
	notes TEXT, 
	revision INTEGER NOT NULL, 
	changed_at DATETIME NOT NULL, favourite SMALLINT, 
	CONSTRAINT pk_video_annotations PRIMARY KEY (video_number), 
	CONSTRAINT fk_video_annotations_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE
);
CREATE TABLE tags (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	CONSTRAINT pk_tags PRIMARY KEY (id), 
	CONSTRAINT uq_tags_name_key UNIQUE (name_key)
);
CREATE TABLE video_tags (
	video_number INTEGER NOT NULL, 
	tag_id INTEGER NOT NULL, 
	CONSTRAINT pk_video_tags PRIMARY KEY (video_number, tag_id), 
	CONSTRAINT fk_video_tags_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE, 
	CONSTRAINT fk_video_tags_tag_id_tags FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE
);
CREATE INDEX ix_video_tags_tag_id ON video_tags (tag_id);
CREATE TABLE recipes (
	video_number INTEGER NOT NULL, 
	fingerprint VARCHAR(128) NOT NULL, 
	job_id VARCHAR(64) NOT NULL, 
	recipe TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	CONSTRAINT pk_recipes PRIMARY KEY (video_number), 
	CONSTRAINT fk_recipes_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE video_search USING fts5(
    searchable, labels,
    content='videos', content_rowid='number', columnsize=0, tokenize='trigram case_sensitive 1'
);
INSERT INTO video_search (video_search) VALUES ('rebuild');
CREATE TRIGGER video_search_insert AFTER INSERT ON videos BEGIN
    INSERT INTO video_search (rowid, searchable, labels)
    VALUES (new.number, new.searchable, new.labels);
END;
CREATE TRIGGER video_search_delete AFTER DELETE ON videos BEGIN
    INSERT INTO video_search (video_search, rowid, searchable, labels)
    VALUES ('delete', old.number, old.searchable, old.labels);
END;
CREATE TRIGGER video_search_update AFTER UPDATE OF searchable, labels ON videos
WHEN old.searchable <> new.searchable OR old.labels <> new.labels BEGIN
    INSERT INTO video_search (video_search, rowid, searchable, labels)
    VALUES ('delete', old.number, old.searchable, old.labels);
    INSERT INTO video_search (rowid, searchable, labels)
    VALUES (new.number, new.searchable, new.labels);
END;
CREATE TABLE found_folders (
	inventory INTEGER NOT NULL, 
	folder TEXT NOT NULL, 
	signature BLOB, 
	times_signature BLOB, 
	files INTEGER NOT NULL, 
	is_known SMALLINT NOT NULL, 
	CONSTRAINT pk_found_folders PRIMARY KEY (inventory, folder)
)
 WITHOUT ROWID

;
CREATE TABLE folder_signatures (
	root_id INTEGER NOT NULL, 
	folder TEXT NOT NULL, 
	signature BLOB NOT NULL, 
	times_signature BLOB, 
	files INTEGER NOT NULL, 
	probe_version INTEGER NOT NULL, 
	thumbnail_version INTEGER, 
	CONSTRAINT pk_folder_signatures PRIMARY KEY (root_id, folder), 
	CONSTRAINT fk_folder_signatures_root_id_roots FOREIGN KEY(root_id) REFERENCES roots (id)
)
 WITHOUT ROWID

;
CREATE TRIGGER folder_signatures_insert AFTER INSERT ON videos BEGIN
    DELETE FROM folder_signatures WHERE root_id = new.root_id AND folder = new.folder;
END;
CREATE TRIGGER folder_signatures_delete AFTER DELETE ON videos BEGIN
    DELETE FROM folder_signatures WHERE root_id = old.root_id AND folder = old.folder;
END;
CREATE TRIGGER folder_signatures_update AFTER UPDATE OF root_id, path, folder, status, size_bytes, mtime_ns, probe_version, missing_since, thumbnail_version, read_error ON videos BEGIN
    DELETE FROM folder_signatures WHERE root_id = old.root_id AND folder = old.folder;
    DELETE FROM folder_signatures WHERE root_id = new.root_id AND folder = new.folder;
END;
CREATE TABLE video_kinds (
    id INTEGER PRIMARY KEY,
    root_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    video_codec TEXT,
    hdr TEXT,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    videos INTEGER NOT NULL
);
CREATE INDEX ix_video_kinds_all
ON video_kinds (root_id, status, width, height, video_codec, hdr)
;
CREATE TABLE video_folders (
    id INTEGER PRIMARY KEY,
    root_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    folder TEXT NOT NULL,
    videos INTEGER NOT NULL,
    UNIQUE (folder, status, root_id)
);
CREATE TABLE video_groups (
    number INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    kind INTEGER NOT NULL,
    folder INTEGER NOT NULL
);
CREATE INDEX ix_video_groups_folder ON video_groups (folder);
CREATE TABLE tag_counts (
    tag_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    videos INTEGER NOT NULL,
    PRIMARY KEY (tag_id, status)
) WITHOUT ROWID
;
CREATE INDEX ix_videos_unusual ON videos (status, missing_since, searchable, labels)
WHERE status <> 'ok' OR missing_since IS NOT NULL
;
CREATE VIRTUAL TABLE video_letters USING fts5(
    pairs, content='', columnsize=0, detail=none, prefix='2', tokenize='ascii'
);
CREATE TRIGGER video_counts_insert AFTER INSERT ON videos BEGIN
    UPDATE video_kinds SET videos = videos + 1 WHERE root_id = new.root_id AND status = iif(new.missing_since IS NULL, new.status, 'missing')
    AND width = new.width AND height = new.height
    AND video_codec IS new.video_codec AND hdr IS new.hdr;
    INSERT INTO video_kinds (root_id, status, video_codec, hdr, width, height, videos)
    SELECT new.root_id, iif(new.missing_since IS NULL, new.status, 'missing'), new.video_codec, new.hdr, new.width, new.height, 1
    WHERE changes() = 0;
    UPDATE video_folders SET videos = videos + 1 WHERE folder = new.folder AND status = iif(new.missing_since IS NULL, new.status, 'missing') AND root_id = new.root_id;
    INSERT INTO video_folders (root_id, status, folder, videos)
    SELECT new.root_id, iif(new.missing_since IS NULL, new.status, 'missing'), new.folder, 1 WHERE changes() = 0;
    INSERT INTO video_groups (number, status, kind, folder)
    VALUES (new.number, iif(new.missing_since IS NULL, new.status, 'missing'), (SELECT id FROM video_kinds WHERE root_id = new.root_id AND status = iif(new.missing_since IS NULL, new.status, 'missing')
    AND width = new.width AND height = new.height
    AND video_codec IS new.video_codec AND hdr IS new.hdr),
        (SELECT id FROM video_folders WHERE folder = new.folder AND status = iif(new.missing_since IS NULL, new.status, 'missing') AND root_id = new.root_id));
END;
CREATE TRIGGER video_counts_delete BEFORE DELETE ON videos BEGIN
    UPDATE tag_counts SET videos = videos - 1 WHERE status = iif(old.missing_since IS NULL, old.status, 'missing')
    AND tag_id IN (SELECT tag_id FROM video_tags WHERE video_number = old.number);
    UPDATE video_kinds SET videos = videos - 1
    WHERE id = (SELECT kind FROM video_groups WHERE number = old.number);
    UPDATE video_folders SET videos = videos - 1
    WHERE id = (SELECT folder FROM video_groups WHERE number = old.number);
    DELETE FROM video_groups WHERE number = old.number;
END;
CREATE TRIGGER video_counts_update AFTER UPDATE OF root_id, status, missing_since, video_codec, hdr, width, height, folder ON videos
WHEN old.root_id IS NOT new.root_id OR old.status IS NOT new.status OR old.missing_since IS NOT new.missing_since OR old.video_codec IS NOT new.video_codec OR old.hdr IS NOT new.hdr OR old.width IS NOT new.width OR old.height IS NOT new.height OR old.folder IS NOT new.folder BEGIN
    UPDATE video_kinds SET videos = videos - 1
    WHERE id = (SELECT kind FROM video_groups WHERE number = old.number);
    UPDATE video_folders SET videos = videos - 1
    WHERE id = (SELECT folder FROM video_groups WHERE number = old.number);
    UPDATE video_kinds SET videos = videos + 1 WHERE root_id = new.root_id AND status = iif(new.missing_since IS NULL, new.status, 'missing')
    AND width = new.width AND height = new.height
    AND video_codec IS new.video_codec AND hdr IS new.hdr;
    INSERT INTO video_kinds (root_id, status, video_codec, hdr, width, height, videos)
    SELECT new.root_id, iif(new.missing_since IS NULL, new.status, 'missing'), new.video_codec, new.hdr, new.width, new.height, 1
    WHERE changes() = 0;
    UPDATE video_folders SET videos = videos + 1 WHERE folder = new.folder AND status = iif(new.missing_since IS NULL, new.status, 'missing') AND root_id = new.root_id;
    INSERT INTO video_folders (root_id, status, folder, videos)
    SELECT new.root_id, iif(new.missing_since IS NULL, new.status, 'missing'), new.folder, 1 WHERE changes() = 0;
    UPDATE video_groups SET (status, kind, folder) = (iif(new.missing_since IS NULL, new.status, 'missing'), (SELECT id FROM video_kinds WHERE root_id = new.root_id AND status = iif(new.missing_since IS NULL, new.status, 'missing')
    AND width = new.width AND height = new.height
    AND video_codec IS new.video_codec AND hdr IS new.hdr),
        (SELECT id FROM video_folders WHERE folder = new.folder AND status = iif(new.missing_since IS NULL, new.status, 'missing') AND root_id = new.root_id)) WHERE number = new.number;
END;
CREATE TRIGGER video_kinds_empty AFTER UPDATE OF videos ON video_kinds WHEN new.videos = 0 BEGIN
    DELETE FROM video_kinds WHERE id = new.id;
END;
CREATE TRIGGER video_folders_empty AFTER UPDATE OF videos ON video_folders WHEN new.videos = 0 BEGIN
    DELETE FROM video_folders WHERE id = new.id;
END;
CREATE TRIGGER tag_counts_update AFTER UPDATE OF status, missing_since ON videos
WHEN iif(old.missing_since IS NULL, old.status, 'missing') <> iif(new.missing_since IS NULL, new.status, 'missing') BEGIN
    UPDATE tag_counts SET videos = videos - 1 WHERE status = iif(old.missing_since IS NULL, old.status, 'missing')
    AND tag_id IN (SELECT tag_id FROM video_tags WHERE video_number = new.number);
    INSERT INTO tag_counts (tag_id, status, videos)
    SELECT tag_id, iif(new.missing_since IS NULL, new.status, 'missing'), 1 FROM video_tags WHERE video_number = new.number
    ON CONFLICT DO UPDATE SET videos = videos + 1;
END;
CREATE TRIGGER tag_counts_insert AFTER INSERT ON video_tags BEGIN
    INSERT INTO tag_counts (tag_id, status, videos)
    SELECT new.tag_id, iif(missing_since IS NULL, status, 'missing'), 1
    FROM videos WHERE number = new.video_number
    ON CONFLICT DO UPDATE SET videos = videos + 1;
END;
CREATE TRIGGER tag_counts_delete AFTER DELETE ON video_tags BEGIN
    UPDATE tag_counts SET videos = videos - 1 WHERE tag_id = old.tag_id
    AND status = (SELECT iif(missing_since IS NULL, status, 'missing')
                  FROM videos WHERE number = old.video_number);
END;
CREATE TRIGGER tag_counts_forget AFTER DELETE ON tags BEGIN
    DELETE FROM tag_counts WHERE tag_id = old.id;
END;
CREATE TRIGGER video_letters_insert AFTER INSERT ON videos BEGIN
    INSERT INTO video_letters (rowid, pairs)
    VALUES (new.number, letter_pairs(new.searchable || new.labels));
END;
CREATE TRIGGER video_letters_delete AFTER DELETE ON videos BEGIN
    INSERT INTO video_letters (video_letters, rowid, pairs)
    VALUES ('delete', old.number, letter_pairs(old.searchable || old.labels));
END;
CREATE TRIGGER video_letters_update AFTER UPDATE OF searchable, labels ON videos
WHEN old.searchable <> new.searchable OR old.labels <> new.labels BEGIN
    INSERT INTO video_letters (video_letters, rowid, pairs)
    VALUES ('delete', old.number, letter_pairs(old.searchable || old.labels));
    INSERT INTO video_letters (rowid, pairs)
    VALUES (new.number, letter_pairs(new.searchable || new.labels));
END;
CREATE TABLE undos (
	number INTEGER NOT NULL, 
	token VARCHAR(64) NOT NULL, 
	"key" VARCHAR(64), 
	change TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	job_id VARCHAR(64), 
	found INTEGER, 
	done INTEGER NOT NULL, 
	edited INTEGER NOT NULL, 
	ended VARCHAR(16), 
	CONSTRAINT pk_undos PRIMARY KEY (number), 
	CONSTRAINT uq_undos_token UNIQUE (token), 
	CONSTRAINT uq_undos_key UNIQUE ("key")
);
CREATE TABLE undo_videos (
	undo INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	video_id VARCHAR(36) NOT NULL, 
	fingerprint VARCHAR(128), 
	revision_before INTEGER, 
	revision INTEGER, 
	"before" TEXT, 
	CONSTRAINT pk_undo_videos PRIMARY KEY (undo, position), 
	CONSTRAINT fk_undo_videos_undo_undos FOREIGN KEY(undo) REFERENCES undos (number) ON DELETE CASCADE
);
CREATE INDEX ix_undo_videos_video_id ON undo_videos (video_id);
CREATE INDEX ix_undo_videos_fingerprint ON undo_videos (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE TABLE folder_tree (
    root_id INTEGER NOT NULL,
    folder TEXT NOT NULL,
    parent TEXT,
    name_key TEXT NOT NULL,
    videos INTEGER NOT NULL,
    videos_below INTEGER NOT NULL,
    missing_below INTEGER NOT NULL,
    records_below INTEGER NOT NULL,
    PRIMARY KEY (root_id, folder)
) WITHOUT ROWID
;
CREATE INDEX ix_folder_tree_level ON folder_tree (root_id, parent, name_key, folder);
CREATE TRIGGER folder_tree_insert AFTER INSERT ON video_folders BEGIN
    INSERT INTO folder_tree (root_id, folder, parent, name_key, videos, videos_below, missing_below, records_below)
    SELECT new.root_id, value, folder_parent(value), folder_key(value), 0, 0, 0, 0
    FROM json_each(folder_chain(new.folder)) WHERE true
    ON CONFLICT DO NOTHING;
    UPDATE folder_tree SET
        videos = videos + iif(new.status = 'ok' AND folder = new.folder, new.videos, 0),
        videos_below = videos_below + iif(new.status = 'ok', new.videos, 0),
        missing_below = missing_below + iif(new.status = 'missing', new.videos, 0),
        records_below = records_below + new.videos
    WHERE root_id = new.root_id
    AND folder IN (SELECT value FROM json_each(folder_chain(new.folder)));
END;
CREATE TRIGGER folder_tree_update AFTER UPDATE OF videos ON video_folders
WHEN new.videos <> old.videos BEGIN
    UPDATE folder_tree SET
        videos = videos + iif(new.status = 'ok' AND folder = new.folder, (new.videos - old.videos), 0),
        videos_below = videos_below + iif(new.status = 'ok', (new.videos - old.videos), 0),
        missing_below = missing_below + iif(new.status = 'missing', (new.videos - old.videos), 0),
        records_below = records_below + (new.videos - old.videos)
    WHERE root_id = new.root_id
    AND folder IN (SELECT value FROM json_each(folder_chain(new.folder)));
END;
CREATE TRIGGER folder_tree_delete AFTER DELETE ON video_folders
WHEN old.videos <> 0 BEGIN
    UPDATE folder_tree SET
        videos = videos + iif(old.status = 'ok' AND folder = old.folder, (-old.videos), 0),
        videos_below = videos_below + iif(old.status = 'ok', (-old.videos), 0),
        missing_below = missing_below + iif(old.status = 'missing', (-old.videos), 0),
        records_below = records_below + (-old.videos)
    WHERE root_id = old.root_id
    AND folder IN (SELECT value FROM json_each(folder_chain(old.folder)));
END;
CREATE TRIGGER folder_tree_empty AFTER UPDATE OF records_below ON folder_tree
WHEN new.records_below = 0 BEGIN
    DELETE FROM folder_tree WHERE root_id = new.root_id AND folder = new.folder;
END;
CREATE INDEX ix_videos_by_audio_codec ON videos (status, audio_codec, number) WHERE missing_since IS NULL;
CREATE TABLE saved_searches (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	"query" TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_saved_searches PRIMARY KEY (id), 
	CONSTRAINT uq_saved_searches_name_key UNIQUE (name_key)
);
CREATE TABLE video_watches (
	video_number INTEGER NOT NULL, 
	position_seconds FLOAT NOT NULL, 
	watched SMALLINT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_video_watches PRIMARY KEY (video_number), 
	CONSTRAINT fk_video_watches_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE
);
CREATE INDEX ix_video_watches_started ON video_watches (changed_at) WHERE position_seconds > 0;
CREATE UNIQUE INDEX ux_jobs_active_key ON jobs ("key") WHERE status IN ('queued', 'running', 'paused');
CREATE TABLE scanned_folders (
	root_id INTEGER NOT NULL, 
	path BLOB NOT NULL, 
	recursive SMALLINT NOT NULL, 
	scanned_at DATETIME NOT NULL, 
	CONSTRAINT pk_scanned_folders PRIMARY KEY (root_id, path, recursive), 
	CONSTRAINT fk_scanned_folders_root_id_roots FOREIGN KEY(root_id) REFERENCES roots (id)
)
 WITHOUT ROWID

;
CREATE TABLE collections (
	number INTEGER NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_collections PRIMARY KEY (number), 
	CONSTRAINT uq_collections_id UNIQUE (id), 
	CONSTRAINT uq_collections_name_key UNIQUE (name_key)
);
CREATE TABLE collection_videos (
	collection INTEGER NOT NULL, 
	video_number INTEGER NOT NULL, 
	position TEXT NOT NULL, 
	CONSTRAINT pk_collection_videos PRIMARY KEY (collection, video_number), 
	CONSTRAINT fk_collection_videos_collection_collections FOREIGN KEY(collection) REFERENCES collections (number) ON DELETE CASCADE, 
	CONSTRAINT fk_collection_videos_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE
);
CREATE INDEX ix_collection_videos_position ON collection_videos (collection, position, video_number);
CREATE INDEX ix_collection_videos_video_number ON collection_videos (video_number);
CREATE TABLE markers (
	number INTEGER NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	video_number INTEGER NOT NULL, 
	start_seconds FLOAT NOT NULL, 
	end_seconds FLOAT, 
	title TEXT NOT NULL, 
	tags TEXT NOT NULL, 
	searchable TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_markers PRIMARY KEY (number), 
	CONSTRAINT fk_markers_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE, 
	CONSTRAINT uq_markers_id UNIQUE (id)
);
CREATE INDEX ix_markers_video_number ON markers (video_number);
CREATE TABLE resolved_duplicates (
	fingerprint VARCHAR(128) NOT NULL, 
	copies INTEGER NOT NULL, 
	resolved_at DATETIME NOT NULL, 
	CONSTRAINT pk_resolved_duplicates PRIMARY KEY (fingerprint)
)
 WITHOUT ROWID

;
CREATE TABLE duplicate_groups (
    fingerprint TEXT PRIMARY KEY,
    copies INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    spare_bytes INTEGER NOT NULL
) WITHOUT ROWID
;
CREATE INDEX ix_duplicate_groups_spare ON duplicate_groups (spare_bytes, fingerprint);
CREATE TRIGGER duplicate_groups_insert AFTER INSERT ON videos WHEN (new.fingerprint IS NOT NULL AND new.missing_since IS NULL AND +new.status = 'ok') BEGIN
    UPDATE duplicate_groups SET copies = copies + 1, spare_bytes = copies * size_bytes
    WHERE fingerprint = new.fingerprint AND (new.fingerprint IS NOT NULL AND new.missing_since IS NULL AND +new.status = 'ok');
    INSERT INTO duplicate_groups (fingerprint, copies, size_bytes, spare_bytes)
    SELECT new.fingerprint, 2, new.size_bytes, new.size_bytes
    WHERE changes() = 0 AND (new.fingerprint IS NOT NULL AND new.missing_since IS NULL AND +new.status = 'ok') AND EXISTS (
        SELECT 1 FROM videos AS other WHERE other.fingerprint = new.fingerprint
        AND (other.fingerprint IS NOT NULL AND other.missing_since IS NULL AND +other.status = 'ok') AND other.number <> new.number
    );
END;
CREATE TRIGGER duplicate_groups_delete AFTER DELETE ON videos WHEN (old.fingerprint IS NOT NULL AND old.missing_since IS NULL AND +old.status = 'ok') BEGIN
    UPDATE duplicate_groups SET copies = copies - 1, spare_bytes = (copies - 2) * size_bytes
    WHERE fingerprint = old.fingerprint AND (old.fingerprint IS NOT NULL AND old.missing_since IS NULL AND +old.status = 'ok');
    DELETE FROM duplicate_groups WHERE fingerprint = old.fingerprint AND copies < 2;
END;
CREATE TRIGGER duplicate_groups_update AFTER UPDATE OF fingerprint, status, missing_since ON videos
WHEN old.fingerprint IS NOT new.fingerprint OR old.status IS NOT new.status OR old.missing_since IS NOT new.missing_since BEGIN
    UPDATE duplicate_groups SET copies = copies - 1, spare_bytes = (copies - 2) * size_bytes
    WHERE fingerprint = old.fingerprint AND (old.fingerprint IS NOT NULL AND old.missing_since IS NULL AND +old.status = 'ok');
    DELETE FROM duplicate_groups WHERE fingerprint = old.fingerprint AND copies < 2;
    UPDATE duplicate_groups SET copies = copies + 1, spare_bytes = copies * size_bytes
    WHERE fingerprint = new.fingerprint AND (new.fingerprint IS NOT NULL AND new.missing_since IS NULL AND +new.status = 'ok');
    INSERT INTO duplicate_groups (fingerprint, copies, size_bytes, spare_bytes)
    SELECT new.fingerprint, 2, new.size_bytes, new.size_bytes
    WHERE changes() = 0 AND (new.fingerprint IS NOT NULL AND new.missing_since IS NULL AND +new.status = 'ok') AND EXISTS (
        SELECT 1 FROM videos AS other WHERE other.fingerprint = new.fingerprint
        AND (other.fingerprint IS NOT NULL AND other.missing_since IS NULL AND +other.status = 'ok') AND other.number <> new.number
    );
END;
CREATE TABLE saved_presets (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	preset VARCHAR(64) NOT NULL, 
	options TEXT NOT NULL, 
	CONSTRAINT pk_saved_presets PRIMARY KEY (id), 
	CONSTRAINT uq_saved_presets_name_key UNIQUE (name_key)
);
CREATE TABLE rules (
	id VARCHAR(36) NOT NULL, 
	name TEXT NOT NULL, 
	enabled SMALLINT NOT NULL, 
	definition TEXT NOT NULL, 
	secret TEXT, 
	since DATETIME NOT NULL, 
	judged TEXT, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_rules PRIMARY KEY (id)
);
CREATE TABLE rule_candidates (
	video_number INTEGER NOT NULL, 
	changed SMALLINT NOT NULL, 
	failed SMALLINT NOT NULL, 
	CONSTRAINT pk_rule_candidates PRIMARY KEY (video_number), 
	CONSTRAINT fk_rule_candidates_video_number_videos FOREIGN KEY(video_number) REFERENCES videos (number) ON DELETE CASCADE
);
CREATE TABLE rule_runs (
	number INTEGER NOT NULL, 
	rule_id VARCHAR(36) NOT NULL, 
	video_id VARCHAR(36) NOT NULL, 
	version VARCHAR(160) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	batch_id VARCHAR(36), 
	error TEXT, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_rule_runs PRIMARY KEY (number), 
	CONSTRAINT fk_rule_runs_rule_id_rules FOREIGN KEY(rule_id) REFERENCES rules (id) ON DELETE CASCADE, 
	CONSTRAINT uq_rule_runs_rule_id_video_id_version UNIQUE (rule_id, video_id, version)
);
CREATE INDEX ix_rule_runs_state ON rule_runs (rule_id, state, number);
CREATE INDEX ix_rule_runs_batch_id ON rule_runs (batch_id) WHERE batch_id IS NOT NULL;
CREATE TABLE rule_batches (
	id VARCHAR(36) NOT NULL, 
	rule_id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	storyboard_job VARCHAR(36), 
	render_job VARCHAR(36), 
	CONSTRAINT pk_rule_batches PRIMARY KEY (id)
);
CREATE INDEX ix_rule_batches_render_job ON rule_batches (render_job);
CREATE INDEX ix_rule_batches_active ON rule_batches (rule_id) WHERE ended_at IS NULL;
CREATE TABLE webhook_deliveries (
	id VARCHAR(36) NOT NULL, 
	rule_id VARCHAR(36) NOT NULL, 
	batch_id VARCHAR(36) NOT NULL, 
	body TEXT NOT NULL, 
	videos INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at DATETIME, 
	status_code INTEGER, 
	error TEXT, 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id), 
	CONSTRAINT fk_webhook_deliveries_rule_id_rules FOREIGN KEY(rule_id) REFERENCES rules (id) ON DELETE CASCADE
);
CREATE INDEX ix_webhook_deliveries_rule_id ON webhook_deliveries (rule_id, id);
CREATE INDEX ix_webhook_deliveries_next_at ON webhook_deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE TRIGGER rules_video_insert AFTER INSERT ON videos  BEGIN
    INSERT INTO rule_candidates (video_number, changed, failed)
    SELECT new.number, 0, CASE WHEN (new.status = 'bad' OR new.read_error IS NOT NULL) THEN 1 ELSE 0 END
    WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)
    ON CONFLICT (video_number) DO UPDATE SET
        changed = max(rule_candidates.changed, excluded.changed),
        failed = max(rule_candidates.failed, excluded.failed);
END;
CREATE TRIGGER rules_video_update AFTER UPDATE OF status, size_bytes, mtime_ns, fingerprint, missing_since, read_error, searchable, labels, folder, root_id, duration_seconds, width, height, video_codec, audio_codec, hdr, taken_at ON videos WHEN (old.status IS NOT new.status OR old.size_bytes IS NOT new.size_bytes OR old.mtime_ns IS NOT new.mtime_ns OR old.fingerprint IS NOT new.fingerprint OR old.missing_since IS NOT new.missing_since OR old.read_error IS NOT new.read_error OR old.searchable IS NOT new.searchable OR old.labels IS NOT new.labels OR old.folder IS NOT new.folder OR old.root_id IS NOT new.root_id OR old.duration_seconds IS NOT new.duration_seconds OR old.width IS NOT new.width OR old.height IS NOT new.height OR old.video_codec IS NOT new.video_codec OR old.audio_codec IS NOT new.audio_codec OR old.hdr IS NOT new.hdr OR old.taken_at IS NOT new.taken_at) BEGIN
    INSERT INTO rule_candidates (video_number, changed, failed)
    SELECT new.number, CASE WHEN old.fingerprint <> new.fingerprint THEN 1 ELSE 0 END, CASE WHEN (new.status = 'bad' OR new.read_error IS NOT NULL) AND (NOT (old.status = 'bad' OR old.read_error IS NOT NULL) OR old.size_bytes <> new.size_bytes OR old.mtime_ns <> new.mtime_ns) THEN 1 ELSE 0 END
    WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)
    ON CONFLICT (video_number) DO UPDATE SET
        changed = max(rule_candidates.changed, excluded.changed),
        failed = max(rule_candidates.failed, excluded.failed);
END;
CREATE TRIGGER rules_rating_insert AFTER INSERT ON video_annotations  BEGIN
    INSERT INTO rule_candidates (video_number, changed, failed)
    SELECT new.video_number, 0, 0
    WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)
    ON CONFLICT (video_number) DO UPDATE SET
        changed = max(rule_candidates.changed, excluded.changed),
        failed = max(rule_candidates.failed, excluded.failed);
END;
CREATE TRIGGER rules_rating_update AFTER UPDATE OF rating ON video_annotations WHEN (old.rating IS NOT new.rating) BEGIN
    INSERT INTO rule_candidates (video_number, changed, failed)
    SELECT new.video_number, 0, 0
    WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)
    ON CONFLICT (video_number) DO UPDATE SET
        changed = max(rule_candidates.changed, excluded.changed),
        failed = max(rule_candidates.failed, excluded.failed);
END;
CREATE TRIGGER rules_watch_insert AFTER INSERT ON video_watches  BEGIN
    INSERT INTO rule_candidates (video_number, changed, failed)
    SELECT new.video_number, 0, 0
    WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)
    ON CONFLICT (video_number) DO UPDATE SET
        changed = max(rule_candidates.changed, excluded.changed),
        failed = max(rule_candidates.failed, excluded.failed);
END;
CREATE TRIGGER rules_watch_update AFTER UPDATE OF watched, position_seconds ON video_watches WHEN (old.watched <> new.watched OR (old.position_seconds > 0) <> (new.position_seconds > 0)) BEGIN
    INSERT INTO rule_candidates (video_number, changed, failed)
    SELECT new.video_number, 0, 0
    WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)
    ON CONFLICT (video_number) DO UPDATE SET
        changed = max(rule_candidates.changed, excluded.changed),
        failed = max(rule_candidates.failed, excluded.failed);
END;
CREATE INDEX ix_video_annotations_favourite ON video_annotations (video_number) WHERE favourite = 1;
CREATE TRIGGER rules_favourite_update AFTER UPDATE OF favourite ON video_annotations WHEN (old.favourite IS NOT new.favourite) BEGIN INSERT INTO rule_candidates (video_number, changed, failed) SELECT new.video_number, 0, 0 WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1) ON CONFLICT (video_number) DO NOTHING; END;
CREATE TABLE undo_searches (
	undo INTEGER NOT NULL, 
	search_id INTEGER NOT NULL, 
	"before" TEXT NOT NULL, 
	"after" TEXT NOT NULL, 
	CONSTRAINT pk_undo_searches PRIMARY KEY (undo, search_id), 
	CONSTRAINT fk_undo_searches_undo_undos FOREIGN KEY(undo) REFERENCES undos (number) ON DELETE CASCADE
);
CREATE TABLE library_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
);
CREATE TRIGGER library_version_videos_insert AFTER INSERT ON videos  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_videos_delete AFTER DELETE ON videos  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_videos_update AFTER UPDATE OF root_id, folder, name_key, searchable, labels, status, missing_since, size_bytes, mtime_ns, added_at, taken_at, duration_seconds, width, height, video_codec, audio_codec, hdr ON videos WHEN old.root_id IS NOT new.root_id OR old.folder IS NOT new.folder OR old.name_key IS NOT new.name_key OR old.searchable IS NOT new.searchable OR old.labels IS NOT new.labels OR old.status IS NOT new.status OR old.missing_since IS NOT new.missing_since OR old.size_bytes IS NOT new.size_bytes OR old.mtime_ns IS NOT new.mtime_ns OR old.added_at IS NOT new.added_at OR old.taken_at IS NOT new.taken_at OR old.duration_seconds IS NOT new.duration_seconds OR old.width IS NOT new.width OR old.height IS NOT new.height OR old.video_codec IS NOT new.video_codec OR old.audio_codec IS NOT new.audio_codec OR old.hdr IS NOT new.hdr BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_annotations_insert AFTER INSERT ON video_annotations  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_annotations_delete AFTER DELETE ON video_annotations  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_annotations_update AFTER UPDATE OF rating, favourite ON video_annotations WHEN old.rating IS NOT new.rating OR old.favourite IS NOT new.favourite BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_watches_insert AFTER INSERT ON video_watches  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_watches_delete AFTER DELETE ON video_watches  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_watches_update AFTER UPDATE OF watched, position_seconds ON video_watches WHEN old.watched <> new.watched OR (old.position_seconds > 0) <> (new.position_seconds > 0) BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_tags_insert AFTER INSERT ON video_tags  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_tags_delete AFTER DELETE ON video_tags  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_video_tags_update AFTER UPDATE ON video_tags  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_tags_insert AFTER INSERT ON tags  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_tags_delete AFTER DELETE ON tags  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_tags_update AFTER UPDATE ON tags  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_collection_videos_insert AFTER INSERT ON collection_videos  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_collection_videos_delete AFTER DELETE ON collection_videos  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_collection_videos_update AFTER UPDATE ON collection_videos  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_roots_insert AFTER INSERT ON roots  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_roots_delete AFTER DELETE ON roots  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER library_version_roots_update AFTER UPDATE ON roots  BEGIN
    INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904) WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;
END;
CREATE INDEX ix_video_groups_kind ON video_groups (kind, status, folder);
INSERT INTO alembic_version (version_num) VALUES ('0024');
