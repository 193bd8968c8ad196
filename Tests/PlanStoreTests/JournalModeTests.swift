import Testing

@testable import PlanStore

/// The write-ahead log only where its shared memory works.
struct JournalModeTests {
    /// The `f_type` of ext4, XFS, tmpfs and overlay in statfs(2).
    @Test(arguments: [0xef53, 0x5846_5342, 0x0102_1994, 0x794c_7630] as [UInt32])
    func localFileSystems(magic: UInt32) {
        #expect(JournalMode.suiting(fileSystemMagic: magic) == .writeAheadLog)
    }

    /// NFS, SMB, CIFS, SMB2, Lustre, GPFS, FUSE, Ceph, AFS, 9P, and one that nobody has seen.
    @Test(
        arguments: [
            0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x0bd0_0bd0, 0x4750_4653, 0x6573_5546, 0x00c3_6400, 0x5346_414f, 0x0102_1997,
            0x1234_5678,
        ] as [UInt32])
    func networkAndUnknownFileSystems(magic: UInt32) {
        #expect(JournalMode.suiting(fileSystemMagic: magic) == .rollback)
    }

    @Test func aDirectoryThatIsNotThereGetsTheSafeJournal() {
        #expect(JournalMode.suiting(directory: "/nonexistent/directory") == .rollback)
    }
}
