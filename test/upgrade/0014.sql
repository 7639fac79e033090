PRAGMA foreign_keys = OFF;
CREATE TABLE _migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT;
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`lane` text NOT NULL,
	`state` text NOT NULL,
	`payload` text NOT NULL,
	`video_id` text,
	`dedupe_key` text,
	`priority` integer NOT NULL,
	`attempts` integer NOT NULL,
	`max_attempts` integer NOT NULL,
	`run_after_ms` integer NOT NULL,
	`lease_owner` text,
	`lease_until_ms` integer,
	`percent` integer,
	`eta_ms` integer,
	`error` text,
	`log` text,
	`created_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`finished_at_ms` integer
) STRICT;
CREATE TABLE `libraries` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`from_config` integer NOT NULL,
	`scanned_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	`deleted_at_ms` integer
) STRICT;
CREATE TABLE `library_folders` (
	`id` text PRIMARY KEY NOT NULL,
	`library_id` text NOT NULL,
	`path` text NOT NULL,
	`online` integer NOT NULL,
	FOREIGN KEY (`library_id`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `renditions` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`source_id` text NOT NULL,
	`position` integer NOT NULL,
	`spec` text NOT NULL,
	`policy` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`user_agent` text, `last_seen_at_ms` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `setup_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL,
	`used_at_ms` integer
) STRICT;
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`kind` text NOT NULL,
	`location` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`modified_at_ms` integer NOT NULL,
	`missing` integer DEFAULT false NOT NULL,
	`info` text,
	`timeline` text,
	`created_at_ms` integer NOT NULL, `loudness` text, `format` integer DEFAULT 1 NOT NULL, `repaired_key` text,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`deleted_at_ms` integer
, `last_seen_at_ms` integer, `disabled_at_ms` integer) STRICT;
CREATE TABLE `videos` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`origin` text NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`visibility` text NOT NULL,
	`owner_id` text,
	`library_id` text,
	`filename` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`received_bytes` integer,
	`duration_ms` integer,
	`width` integer,
	`height` integer,
	`has_picture` integer,
	`image_set` text,
	`storyboard_sheets` integer DEFAULT 0 NOT NULL,
	`encode_percent` integer,
	`playable_at_ms` integer,
	`ready_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`deleted_at_ms` integer, `poster_choices` integer DEFAULT 0 NOT NULL, `poster_best` integer DEFAULT 0 NOT NULL, `poster_set` text, `poster_choice` integer, `waveform_set` text, `channel_id` text REFERENCES channels(id) ON DELETE set null,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`library_id`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
CREATE TABLE `watch_progress` (
	`user_id` text NOT NULL,
	`video_id` text NOT NULL,
	`position_ms` integer NOT NULL,
	`finished` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`user_id`, `video_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `captions` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`source_id` text,
	`origin` text NOT NULL,
	`stream_index` integer,
	`codec` text,
	`path` text,
	`size_bytes` integer,
	`modified_at_ms` integer,
	`format` text NOT NULL,
	`language` text,
	`title` text,
	`is_default` integer NOT NULL,
	`is_forced` integer NOT NULL,
	`is_sdh` integer NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`encoding` text,
	`fonts` text,
	`burnt_rendition_id` text,
	`position` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`burnt_rendition_id`) REFERENCES `renditions`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
CREATE TABLE `track_indexes` (
	`source_id` text NOT NULL,
	`track_index` integer NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`source_id`, `track_index`),
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `audit_acts` (
	`id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`actor_id` text,
	`actor_name` text NOT NULL,
	`act` text NOT NULL,
	`target_id` text,
	`target_name` text NOT NULL,
	`changes` text DEFAULT '{}' NOT NULL,
	`address` text
) STRICT;
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`changed_at_ms` integer NOT NULL
) STRICT;
CREATE TABLE `tasks` (
	`name` text PRIMARY KEY NOT NULL,
	`every_ms` integer,
	`started_at_ms` integer,
	`duration_ms` integer,
	`failure` text
, `daily_at` text) STRICT;
CREATE TABLE `disk_days` (
	`day_ms` integer PRIMARY KEY NOT NULL,
	`free_bytes` integer NOT NULL,
	`total_bytes` integer NOT NULL
) STRICT;
CREATE TABLE `storage_usage` (
	`of` text NOT NULL,
	`key` text NOT NULL,
	`bytes` integer NOT NULL,
	`files` integer NOT NULL,
	`counted_at_ms` integer NOT NULL,
	PRIMARY KEY(`of`, `key`)
) STRICT;
CREATE TABLE `imports` (
	`video_id` text PRIMARY KEY NOT NULL,
	`host` text NOT NULL,
	`sealed_link` text NOT NULL,
	`etag` text,
	`last_modified` text,
	`total_bytes` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `invites` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`note` text NOT NULL,
	`max_uses` integer,
	`uses` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer
) STRICT;
CREATE TABLE `password_resets` (
	`user_id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`used_at_ms` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `registrations` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`declined_at_ms` integer
) STRICT;
CREATE TABLE `notice_preferences` (
	`user_id` text PRIMARY KEY NOT NULL,
	`mail` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`state` text NOT NULL,
	`facts` text NOT NULL,
	`seen_at_ms` integer NOT NULL,
	`gone_at_ms` integer,
	`raised_at_ms` integer,
	`told_at_ms` integer,
	`cleared_at_ms` integer
) STRICT;
CREATE TABLE `push_keys` (
	`public_key` text PRIMARY KEY NOT NULL,
	`private_key` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
CREATE TABLE `push_subscriptions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`p256dh` text NOT NULL,
	`auth` text NOT NULL,
	`site` text NOT NULL,
	`user_agent` text,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `channels` (
	`id` text PRIMARY KEY NOT NULL,
	`handle` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`owner_id` text,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0001_init', '7523faf36757d468332b0a8433e51e14e00590222eafcf4c59d2764750b7e722', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0002_captions', '2d90beddc58c294ce12644515b6dc91c7ae523fc5fa16d4b98caef4ffe59ae02', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0003_pictures-and-sound', '0deb6a242eb15af392d3508ffa90ac39c246035513c1cf0dadaaf4491be63906', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0004_stream-format', '14a2c654581eac4e97676c9ff8e3d91c6602d4d764d748648d5354a02a4e28c1', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0005_segment-cache', '8445c241599216dbb7ca4df3410f676d5cf0a417f18b5ecbf3ee7a21231a9d08', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0006_repaired-copies', 'a49d483557027d5cd78c83c38c942cb3c7593154cc5db357e10ffc2e87617bf4', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0007_track-indexes', '87cc18f15b03dbd5fd3fc392922c8a37b6348d777892b90fb49d8759a004f1ca', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0008_settings-audit-tasks', '17d344288612abbb1c5e9e4f68a4d4b6495365eaec3af41f481b7e8c1cfa5d5a', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0009_overview-and-accounts', '716dd6f687c11e4d4fdcb31653d46392c77da1c5aefe157d2fb86c581ce76d4c', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0010_imports', '509393d5e5b8fecee88cb3e0c79927adf2f9bc0b54e7b4c7a810e6624b2eab3a', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0011_people', '5a2d091d472ca528febc9b22e53c8c4c05dae29413869084562cb9b8cc34a4b5', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0012_notices-and-push', '39ffc969d500903edc77522c6b47832963c39eebf632ce6e907f73168a60553e', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0013_admins-day', '7461c7cf49bd6247fd2f4990a98e75bd72c709508ae1c37db660a58a4735befb', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0014_channels', '6ef59e51dedd29eafd35b933936c8e66854551614a06ded2547de98675db96b3', 1767225600000);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('GHnN116qG31agP', 'videos.probe', 'probe', 'done', '{"videoId":"HmpMXgykEkvqr5"}', 'HmpMXgykEkvqr5', 'probe HmpMXgykEkvqr5', 10, 1, 30, 1795439765237, NULL, NULL, 100, NULL, NULL, NULL, 1795439765237, 1795439765238, 1795439765415);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('JobFailed00000', 'videos.probe', 'probe', 'failed', '{"videoId":"Vid3Failed0000"}', 'Vid3Failed0000', 'probe Vid3Failed0000', 10, 1, 30, 1795439765237, NULL, NULL, 100, NULL, 'This file is damaged. Try another copy.', 'moov atom not found', 1795439765237, 1795439765238, 1795439765415);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('JobQueued00000', 'videos.fill', 'encode', 'queued', '{"videoId":"Vid2Library000"}', 'Vid2Library000', 'fill Vid2Library000', 10, 0, 30, 1795439765237, NULL, NULL, NULL, NULL, NULL, NULL, 1795439765237, NULL, NULL);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('TTkpmcz8EexWd6', 'videos.sound', 'image', 'done', '{"videoId":"HmpMXgykEkvqr5"}', 'HmpMXgykEkvqr5', 'sound HmpMXgykEkvqr5', -5, 1, 30, 1795439765413, NULL, NULL, 100, NULL, NULL, NULL, 1795439765413, 1795439765863, 1795439765956);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('ZAj61V6Jp891KN', 'videos.images', 'image', 'done', '{"videoId":"HmpMXgykEkvqr5"}', 'HmpMXgykEkvqr5', 'images HmpMXgykEkvqr5', 0, 1, 30, 1795439765413, NULL, NULL, 100, NULL, NULL, NULL, 1795439765413, 1795439765416, 1795439765862);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('caption177d781c7a5b3a30', 'captions.extract', 'caption', 'queued', '{"videoId":"Vid2Library000"}', 'Vid2Library000', NULL, 0, 0, 10, 0, NULL, NULL, NULL, NULL, NULL, NULL, 1795439765237, NULL, NULL);
INSERT INTO "libraries" ("id", "name", "kind", "from_config", "scanned_at_ms", "created_at_ms", "deleted_at_ms") VALUES ('Lib1Films00000', 'Films', 'movies', 1, 1760000000000, 1760000000000, NULL);
INSERT INTO "library_folders" ("id", "library_id", "path", "online") VALUES ('Fold1Films0000', 'Lib1Films00000', '/srv/films', 1);
INSERT INTO "library_folders" ("id", "library_id", "path", "online") VALUES ('Fold2Films0000', 'Lib1Films00000', '/srv/more films', 0);
INSERT INTO "renditions" ("id", "video_id", "source_id", "position", "spec", "policy", "created_at_ms") VALUES ('RendEnc1', 'Vid2Library000', 'Src2Library000', 1, '{"kind":"video","mode":"encoded","trackIndex":0,"label":"144p","codecString":"avc1.640015","codec":"h264","bitrateKbps":380,"peakKbps":384,"keyFrames":{"bitrateKbps":17,"peakKbps":27},"grid":"regular","why":"Encoded for slower connections.","width":256,"height":144,"frameRate":30,"range":"sdr","level":null,"alone":false}', 'lazy', 1760000000000);
INSERT INTO "renditions" ("id", "video_id", "source_id", "position", "spec", "policy", "created_at_ms") VALUES ('SPgFeJex', 'HmpMXgykEkvqr5', 'RJvYE6AvQKksT1', 1, '{"kind":"audio","trackIndex":1,"label":"Sound","grid":"source","language":null,"title":null,"isDefault":true,"mode":"copied","codec":"aac","codecString":"mp4a.40.2","bitrateKbps":104,"peakKbps":104,"channels":1,"sampleRate":48000,"why":"Copied: AAC plays in every browser, so the original is cut into segments untouched."}', 'eager', 1795439765412);
INSERT INTO "renditions" ("id", "video_id", "source_id", "position", "spec", "policy", "created_at_ms") VALUES ('hgG0QPFZ', 'HmpMXgykEkvqr5', 'RJvYE6AvQKksT1', 0, '{"kind":"video","mode":"copied","trackIndex":0,"label":"240p","codecString":"avc1.640015","codec":"h264","bitrateKbps":380,"peakKbps":384,"keyFrames":{"bitrateKbps":17,"peakKbps":27},"grid":"source","why":"Copied: H.264 plays in every browser, so the original is cut into segments untouched.","width":426,"height":240,"frameRate":30,"range":"sdr","level":null,"alone":false}', 'eager', 1795439765412);
INSERT INTO "sessions" ("token_hash", "user_id", "created_at_ms", "expires_at_ms", "user_agent", "last_seen_at_ms") VALUES ('f953558426677596c6092a34113379d6c5275a71adfae4d421ac30f1fc93cb9f', 'jACrzwAf49qYzM', 1795439765159, 1798031765159, 'node', 1760000000003);
INSERT INTO "setup_tokens" ("token_hash", "created_at_ms", "used_at_ms") VALUES ('e3b98a4da31a127d4bde6e43033f66ba274cab0eb7eb1c70ec41402bf6273dd8', 1795439765047, 1795439765158);
INSERT INTO "sources" ("id", "video_id", "kind", "location", "size_bytes", "modified_at_ms", "missing", "info", "timeline", "created_at_ms", "loudness", "format", "repaired_key") VALUES ('RJvYE6AvQKksT1', 'HmpMXgykEkvqr5', 'stored', 'videos/HmpMXgykEkvqr5/source/original', 361630, 1795439765236, 0, '{"container":{"name":"mp4","demuxer":"mov","mime":"video/mp4","extension":"mp4"},"durationSec":6,"startSec":0,"bitrateKbps":482,"video":[{"kind":"video","index":0,"ordinal":0,"codec":"h264","profile":"High","level":21,"pixelFormat":"yuv420p","bitDepth":8,"chroma":"420","codedWidth":426,"codedHeight":240,"rotation":0,"width":426,"height":240,"frameRate":30,"interlaced":false,"reorderFrames":2,"range":"sdr","colorSpace":null,"colorPrimaries":null,"colorTransfer":null,"hasAlpha":false,"bitrateKbps":375,"startSec":0,"firstPacketSec":0,"isDefault":true,"language":null}],"audio":[{"kind":"audio","index":1,"ordinal":0,"codec":"aac","profile":"LC","channels":1,"sampleRate":48000,"bitrateKbps":96,"startSec":0,"firstPacketSec":-0.021333,"language":null,"title":null,"isDefault":true}],"subtitles":[],"covers":[],"chapters":[],"title":null,"artist":null,"album":null}', '{"packagerOriginSec":0,"ffmpegOriginSec":0,"audioShiftSec":{},"durationUs":6000000,"source":{"boundariesUs":[0,4000000,6000000],"keysUs":[0,4000000],"sparse":false},"regularUs":[0,1000000,2000000,4000000,6000000],"pictureUs":{"start":0,"end":6000000}}', 1795439765237, '{"1":{"integratedLufs":-18.8,"truePeakDb":-16.3,"rangeLu":0}}', 2, NULL);
INSERT INTO "sources" ("id", "video_id", "kind", "location", "size_bytes", "modified_at_ms", "missing", "info", "timeline", "created_at_ms", "loudness", "format", "repaired_key") VALUES ('Src2Library000', 'Vid2Library000', 'inPlace', '/srv/films/old film.mkv', 361630, 1795439765236, 1, '{"container":{"name":"mp4","demuxer":"mov","mime":"video/mp4","extension":"mp4"},"durationSec":6,"startSec":0,"bitrateKbps":482,"video":[{"kind":"video","index":0,"ordinal":0,"codec":"h264","profile":"High","level":21,"pixelFormat":"yuv420p","bitDepth":8,"chroma":"420","codedWidth":426,"codedHeight":240,"rotation":0,"width":426,"height":240,"frameRate":30,"interlaced":false,"reorderFrames":2,"range":"sdr","colorSpace":null,"colorPrimaries":null,"colorTransfer":null,"hasAlpha":false,"bitrateKbps":375,"startSec":0,"firstPacketSec":0,"isDefault":true,"language":null}],"audio":[{"kind":"audio","index":1,"ordinal":0,"codec":"aac","profile":"LC","channels":1,"sampleRate":48000,"bitrateKbps":96,"startSec":0,"firstPacketSec":-0.021333,"language":null,"title":null,"isDefault":true}],"subtitles":[{"kind":"subtitle","index":2,"ordinal":0,"codec":"subrip","language":"en","title":null,"isDefault":true,"isForced":false,"isSdh":false}],"covers":[],"chapters":[],"title":null,"artist":null,"album":null}', '{"packagerOriginSec":0,"ffmpegOriginSec":0,"audioShiftSec":{},"durationUs":6000000,"source":{"boundariesUs":[0,4000000,6000000],"keysUs":[0,4000000],"sparse":false},"regularUs":[0,1000000,2000000,4000000,6000000],"pictureUs":{"start":0,"end":6000000}}', 1795439765237, NULL, 1, 'videos/Vid2Library000/repaired/Abc12345.ts');
INSERT INTO "users" ("id", "username", "email", "password_hash", "role", "created_at_ms", "deleted_at_ms", "last_seen_at_ms", "disabled_at_ms") VALUES ('User2Bob000000', 'bob', 'bob@example.org', '$argon2id$v=19$m=19456,t=2,p=1$kmq0pzuBxj1e8h0j9XZ2BQ$YC1dtcouSPhrtYyXXP9UoqSMhyvUtIBwxZF4hwJb8PQ', 'member', 1795439765159, 1760000005000, NULL, 1760000000002);
INSERT INTO "users" ("id", "username", "email", "password_hash", "role", "created_at_ms", "deleted_at_ms", "last_seen_at_ms", "disabled_at_ms") VALUES ('jACrzwAf49qYzM', 'ada', 'ada@example.org', '$argon2id$v=19$m=19456,t=2,p=1$kmq0pzuBxj1e8h0j9XZ2BQ$YC1dtcouSPhrtYyXXP9UoqSMhyvUtIBwxZF4hwJb8PQ', 'admin', 1795439765159, NULL, 1760000000001, NULL);
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set", "channel_id") VALUES ('HmpMXgykEkvqr5', 'first', '', 'upload', 'ready', NULL, 'private', 'jACrzwAf49qYzM', NULL, 'first.mp4', 361630, NULL, 6000, 426, 240, 1, 'sFwpFXm0', 1, NULL, 1795439765412, 1795439765412, 1795439765171, 1795439765956, NULL, 3, 2, 'OwnPoster', 1, NULL, '7eb74222ae7bfe1a01ec');
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set", "channel_id") VALUES ('Link1Half00000', 'A link that is half fetched', '', 'import', 'uploading', NULL, 'private', 'jACrzwAf49qYzM', NULL, 'holiday.mp4', 1000, 500, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1760000000000, 1760000000000, NULL, 0, 0, NULL, NULL, NULL, '7eb74222ae7bfe1a01ec');
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set", "channel_id") VALUES ('Vid2Library000', 'Ünïcode “film” — it''s old', 'Two
lines', 'library', 'ready', NULL, 'internal', NULL, 'Lib1Films00000', 'old film.mkv', 361630, NULL, 6000, 426, 240, 1, 'Set2', 1, NULL, 1795439765412, 1795439765412, 1760000000001, 1795439765956, NULL, 0, 0, NULL, NULL, 'Wave1', NULL);
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set", "channel_id") VALUES ('Vid3Failed0000', 'broken', '', 'upload', 'failed', 'This file is damaged. Try another copy.', 'private', 'jACrzwAf49qYzM', NULL, 'first.mp4', 361630, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795439765171, 1795439765956, NULL, 0, 0, NULL, NULL, NULL, '7eb74222ae7bfe1a01ec');
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set", "channel_id") VALUES ('Vid4Deleted000', 'gone', '', 'upload', 'ready', NULL, 'private', 'jACrzwAf49qYzM', NULL, 'first.mp4', 361630, NULL, 6000, 426, 240, 1, 'sFwpFXm0', 1, NULL, 1795439765412, 1795439765412, 1795439765171, 1795439765956, 1760000009000, 0, 0, NULL, NULL, NULL, '7eb74222ae7bfe1a01ec');
INSERT INTO "watch_progress" ("user_id", "video_id", "position_ms", "finished", "updated_at_ms") VALUES ('User2Bob000000', 'Vid2Library000', 5999, 1, 1760000000000);
INSERT INTO "watch_progress" ("user_id", "video_id", "position_ms", "finished", "updated_at_ms") VALUES ('jACrzwAf49qYzM', 'HmpMXgykEkvqr5', 2000, 0, 1795439765425);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapEmbedded000', 'Vid2Library000', 'Src2Library000', 'embedded', 2, 'subrip', NULL, NULL, NULL, 'vtt', 'en', NULL, 1, 0, 0, 'ready', NULL, NULL, NULL, NULL, 0, 1760000000000);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapOwn00000000', 'HmpMXgykEkvqr5', NULL, 'uploaded', NULL, 'subrip', NULL, NULL, NULL, 'vtt', 'en', 'Director''s', 1, 0, 0, 'ready', NULL, NULL, NULL, NULL, 0, 1760000000000);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapPictures000', 'Vid2Library000', 'Src2Library000', 'embedded', 3, 'dvd_subtitle', NULL, NULL, NULL, 'picture', NULL, NULL, 1, 0, 0, 'failed', 'This track is empty.', NULL, NULL, 'RendEnc1', 2, 1760000000000);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapSidecar0000', 'Vid2Library000', 'Src2Library000', 'sidecar', 0, 'subrip', '/srv/films/old film.de.ass', 900, 1760000000000, 'ass', 'de', NULL, 1, 0, 0, 'ready', NULL, 'windows-1252', '["Some Font.ttf"]', NULL, 1, 1760000000000);
INSERT INTO "track_indexes" ("source_id", "track_index", "bytes") VALUES ('RJvYE6AvQKksT1', 0, X'019E8916FDDAADAB969E980302E1050000001C6674797069736F360000000069736F36636D66636D703431000002C56D6F6F760000006C6D7668640000000000000000000000000000E100000000000001000001000000000000000000000000010000000000000000000000000000000100000000000000000000000000004000000000000000000000000000000000000000000000000000000000000002000002297472616B0000005C746B68640000000300000000000000000000000100000000000000000000000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000004000000001AA000000F000000000002C6564747300000024656C737401000000000000010000000000000000000000000000120000010000000001996D646961000000206D6468640000000000000000000000000000E1000000000055C400000000003768646C72000000006D686C72766964650000000000000000000000004D6564696162756E6E79566964656F48616E646C6572000000013A6D696E6600000014766D68640000000100000000000000000000002464696E660000001C6472656600000000000000010000000C75726C2000000001000000FA7374626C000000AE7374736400000000000000010000009E6176633100000000000000010000000000000000000000000000000001AA00F00048000000480000000000000001124D6564696162756E6E792076312E36312E30000000000000000000000000000018FFFF000000356176634301640015FFE1001A67640015ACD941B1FE4F0110000003001000000303C0F162D96001000468EF8FCBFDF8F80000000013636F6C726E636C78000200020002000000001073747473000000000000000000000010737473630000000000000000000000147374737A000000000000000000000000000000107374636F0000000000000000000000286D766578000000207472657800000000000000010000000100000000000000000000000080C203804800804801040080788010B4010000D3DB15B401FBD21501AFD3157DA7DB1502B3E115B30193D315030300000000000000000000F001000000A601F001EE01F001020478000000527676760002');
INSERT INTO "track_indexes" ("source_id", "track_index", "bytes") VALUES ('RJvYE6AvQKksT1', 1, X'019E8916FDDAADAB969E9803028D050000001C6674797069736F360000000069736F36636D66636D703431000002716D6F6F760000006C6D7668640000000000000000000000000000E100000000000001000001000000000000000000000000010000000000000000000000000000000100000000000000000000000000004000000000000000000000000000000000000000000000000000000000000002000001D57472616B0000005C746B68640000000300000000000000000000000100000000000000000000000000000000000000010100000000010000000000000000000000000000000100000000000000000000000000004000000000000000000000000000002C6564747300000024656C7374010000000000000100000000000000000000000000000F0000010000000001456D646961000000206D6468640000000000000000000000000000BB800000000055C400000000003768646C72000000006D686C72736F756E0000000000000000000000004D6564696162756E6E79536F756E6448616E646C657200000000E66D696E6600000010736D686400000000000000000000002464696E660000001C6472656600000000000000010000000C75726C2000000001000000AA7374626C0000005E7374736400000000000000010000004E6D703461000000000000000100000000000000000001001000000000BB8000000000002A6573647300000000031C0001000414401500000000000000000000000505118856E5000601020000001073747473000000000000000000000010737473630000000000000000000000147374737A000000000000000000000000000000107374636F0000000000000000000000286D766578000000207472657800000000000000010000000100000000000000000000000080F702803C803C0000000080F70280109B020000BEF9159B02AEEA150200CEEA159D01BA8216B301000300000000000000000000FA020000000000F201FA02D20100BC0102B40480A023000072B2016600');
INSERT INTO "audit_acts" ("id", "at_ms", "actor_id", "actor_name", "act", "target_id", "target_name", "changes", "address") VALUES ('Act10000000000', 1760000000000, 'jACrzwAf49qYzM', 'ada', 'settings.changed', NULL, 'instance.name', '{"instance.name":{"from":"Kinora","to":"Ada''s"}}', '127.0.0.1');
INSERT INTO "settings" ("name", "value", "changed_at_ms") VALUES ('instance.name', '"Ada''s"', 1760000000000);
INSERT INTO "tasks" ("name", "every_ms", "started_at_ms", "duration_ms", "failure", "daily_at") VALUES ('count-what-files-take', NULL, NULL, NULL, NULL, '04:30');
INSERT INTO "tasks" ("name", "every_ms", "started_at_ms", "duration_ms", "failure", "daily_at") VALUES ('scan-libraries', 7200000, 1760000000000, 120, NULL, NULL);
INSERT INTO "disk_days" ("day_ms", "free_bytes", "total_bytes") VALUES (1760054400000, 123456789012, 500000000000);
INSERT INTO "storage_usage" ("of", "key", "bytes", "files", "counted_at_ms") VALUES ('library', 'Lib1Films00000', 361630, 1, 1760000000000);
INSERT INTO "imports" ("video_id", "host", "sealed_link", "etag", "last_modified", "total_bytes", "failures", "created_at_ms") VALUES ('Link1Half00000', 'films.example', 'c2VhbGVk', '"abc"', 'Thu, 09 Oct 2025 08:53:20 GMT', 1000, 1, 1760000000000);
INSERT INTO "invites" ("id", "token_hash", "note", "max_uses", "uses", "created_at_ms", "created_by", "expires_at_ms", "revoked_at_ms") VALUES ('Invi1Film00000', '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae', 'The film club', 5, 2, 1760000000000, 'ada', 1760604800000, NULL);
INSERT INTO "password_resets" ("user_id", "token_hash", "created_at_ms", "expires_at_ms", "used_at_ms") VALUES ('jACrzwAf49qYzM', 'fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9', 1760000000000, 1760086400000, NULL);
INSERT INTO "registrations" ("id", "username", "email", "password_hash", "created_at_ms", "declined_at_ms") VALUES ('Regi1Zoe000000', 'zoe', 'zoe@example.org', '$argon2id$v=19$m=19456,t=2,p=1$kmq0pzuBxj1e8h0j9XZ2BQ$YC1dtcouSPhrtYyXXP9UoqSMhyvUtIBwxZF4hwJb8PQ', 1760000000000, NULL);
INSERT INTO "registrations" ("id", "username", "email", "password_hash", "created_at_ms", "declined_at_ms") VALUES ('Regi2Eve000000', 'eve', 'eve@example.org', '$argon2id$v=19$m=19456,t=2,p=1$kmq0pzuBxj1e8h0j9XZ2BQ$YC1dtcouSPhrtYyXXP9UoqSMhyvUtIBwxZF4hwJb8PQ', 1760000000001, 1760000000002);
INSERT INTO "notice_preferences" ("user_id", "mail") VALUES ('jACrzwAf49qYzM', 0);
INSERT INTO "notices" ("id", "kind", "subject", "state", "facts", "seen_at_ms", "gone_at_ms", "raised_at_ms", "told_at_ms", "cleared_at_ms") VALUES ('Notice00000001', 'disk', '', 'warning', '{"freeBytes":1,"totalBytes":2}', 1760000000000, NULL, 1760000000000, 1760000000000, NULL);
INSERT INTO "push_keys" ("public_key", "private_key", "created_at_ms") VALUES ('a point', 'a scalar', 1760000000000);
INSERT INTO "push_subscriptions" ("id", "user_id", "endpoint", "p256dh", "auth", "site", "user_agent", "created_at_ms") VALUES ('Push0000000001', 'jACrzwAf49qYzM', 'https://push.example/a', 'a point', '16 bytes', 'https://video.example', NULL, 1760000000000);
INSERT INTO "channels" ("id", "handle", "name", "description", "owner_id", "created_at_ms", "updated_at_ms") VALUES ('7eb74222ae7bfe1a01ec', 'ada', 'ada', 'Holidays, mostly.', 'jACrzwAf49qYzM', 1795439765159, 1795439765159);
INSERT INTO "channels" ("id", "handle", "name", "description", "owner_id", "created_at_ms", "updated_at_ms") VALUES ('8558326a3d81e0ea7f6a', 'bob', 'bob', 'Holidays, mostly.', 'User2Bob000000', 1795439765159, 1795439765159);
CREATE INDEX `jobs_claim` ON `jobs` (`lane`,`state`,"priority" desc,`run_after_ms`);
CREATE UNIQUE INDEX `jobs_dedupe` ON `jobs` (`dedupe_key`) WHERE "jobs"."state" in ('queued', 'running');
CREATE INDEX `jobs_video` ON `jobs` (`video_id`);
CREATE INDEX `jobs_list` ON `jobs` (`state`,`created_at_ms`,`id`);
CREATE INDEX `jobs_lane` ON `jobs` (`lane`,`created_at_ms`,`id`);
CREATE INDEX `jobs_all` ON `jobs` (`created_at_ms`,`id`);
CREATE INDEX `libraries_live` ON `libraries` (`created_at_ms`,`id`) WHERE "libraries"."deleted_at_ms" is null;
CREATE UNIQUE INDEX `library_folders_path` ON `library_folders` (`library_id`,`path`);
CREATE INDEX `renditions_video` ON `renditions` (`video_id`,`position`);
CREATE INDEX `renditions_source` ON `renditions` (`source_id`);
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at_ms`);
CREATE INDEX `sources_video` ON `sources` (`video_id`);
CREATE UNIQUE INDEX `sources_in_place` ON `sources` (`location`) WHERE "sources"."kind" = 'inPlace';
CREATE UNIQUE INDEX `users_username` ON `users` (lower("username"));
CREATE UNIQUE INDEX `users_email` ON `users` (lower("email"));
CREATE INDEX `videos_newest` ON `videos` (`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_visible` ON `videos` (`visibility`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_owner` ON `videos` (`owner_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_library` ON `videos` (`library_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_state` ON `videos` (`state`,`created_at_ms`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_deleted` ON `videos` (`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is not null;
CREATE INDEX `watch_progress_continue` ON `watch_progress` (`user_id`,`updated_at_ms`) WHERE "watch_progress"."finished" = 0;
CREATE INDEX `watch_progress_video` ON `watch_progress` (`video_id`);
CREATE INDEX `captions_video` ON `captions` (`video_id`,`position`);
CREATE INDEX `captions_source` ON `captions` (`source_id`);
CREATE INDEX `captions_burnt` ON `captions` (`burnt_rendition_id`);
CREATE UNIQUE INDEX `captions_path` ON `captions` (`source_id`,`path`,`stream_index`) WHERE "captions"."path" is not null;
CREATE INDEX `sources_format` ON `sources` (`format`) WHERE "sources"."timeline" is not null;
CREATE INDEX `renditions_policy` ON `renditions` (`policy`);
CREATE INDEX `audit_acts_time` ON `audit_acts` (`at_ms`,`id`);
CREATE INDEX `audit_acts_act` ON `audit_acts` (`act`,`at_ms`,`id`);
CREATE INDEX `audit_acts_actor` ON `audit_acts` (`actor_name`,`at_ms`,`id`);
CREATE TRIGGER `audit_acts_stay` BEFORE UPDATE ON `audit_acts` BEGIN
	SELECT RAISE(ABORT, 'The audit log is append-only.');
END;
CREATE UNIQUE INDEX `invites_token` ON `invites` (`token_hash`);
CREATE INDEX `invites_created` ON `invites` (`created_at_ms`,`id`);
CREATE UNIQUE INDEX `password_resets_token` ON `password_resets` (`token_hash`);
CREATE INDEX `registrations_username` ON `registrations` (lower("username"));
CREATE INDEX `registrations_email` ON `registrations` (lower("email"));
CREATE INDEX `registrations_waiting` ON `registrations` (`declined_at_ms`,`created_at_ms`,`id`);
CREATE UNIQUE INDEX `notices_open` ON `notices` (`kind`,`subject`) WHERE "notices"."cleared_at_ms" is null;
CREATE INDEX `notices_cleared` ON `notices` (`cleared_at_ms`,`id`);
CREATE UNIQUE INDEX `push_subscriptions_endpoint` ON `push_subscriptions` (`endpoint`);
CREATE INDEX `push_subscriptions_user` ON `push_subscriptions` (`user_id`,`created_at_ms`,`id`);
CREATE INDEX `videos_size` ON `videos` (`size_bytes`,`id`,`origin`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_owner_size` ON `videos` (`owner_id`,`size_bytes`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_library_size` ON `videos` (`library_id`,`size_bytes`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `sources_missing` ON `sources` (`id`) WHERE "sources"."missing" = 1;
CREATE UNIQUE INDEX `channels_handle` ON `channels` (lower("handle"));
CREATE INDEX `channels_owner` ON `channels` (`owner_id`,`created_at_ms`,`id`);
CREATE INDEX `videos_channel` ON `videos` (`channel_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_channel_size` ON `videos` (`channel_id`,`size_bytes`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;
