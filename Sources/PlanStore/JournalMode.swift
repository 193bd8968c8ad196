import CFileSystem

/// How SQLite keeps a transaction undoable.
enum JournalMode: String, Sendable {
    /// A write-ahead log: readers never wait, but its index is shared memory, which works between processes of one machine only.
    case writeAheadLog = "wal"
    /// A rollback journal: works on any file system that locks files.
    case rollback = "delete"

    /// The mode for a directory, after the kind of its file system.
    ///
    /// The write-ahead log is chosen on file systems known to be local; an unknown one may be a network's, where the log can lose data, so it
    /// gets the rollback journal, which only costs some time.
    static func suiting(directory: String) -> JournalMode {
        var fileSystem = statfs()
        guard statfs(directory, &fileSystem) == 0 else { return .rollback }
        #if canImport(Darwin)
        return fileSystem.f_flags & UInt32(MNT_LOCAL) != 0 ? .writeAheadLog : .rollback
        #else
        return suiting(fileSystemMagic: UInt32(truncatingIfNeeded: fileSystem.f_type))
        #endif
    }

    /// The mode for a Linux file system by the `f_type` of statfs(2).
    static func suiting(fileSystemMagic magic: UInt32) -> JournalMode {
        localFileSystems.contains(magic) ? .writeAheadLog : .rollback
    }

    /// The `f_type` of local file systems, from `linux/magic.h` and the file systems' own headers.
    private static let localFileSystems: Set<UInt32> = [
        0x0000_ef53,  // ext2, ext3, ext4
        0x5846_5342,  // XFS
        0x9123_683e,  // Btrfs
        0x0102_1994,  // tmpfs
        0x8584_58f6,  // ramfs
        0x794c_7630,  // overlay, which containers see
        0x2fc1_2fc1,  // ZFS
        0xf2f5_2010,  // F2FS
        0xca45_1a4e,  // bcachefs
        0x3153_464a,  // JFS
        0x5265_4973,  // ReiserFS
    ]
}
