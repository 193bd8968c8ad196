import Documents
import Hardware
import Interchange
import Testing

/// What every format says is read as the tool meant it.
@Suite struct ClusterImportTests {
    private func read(_ kind: ImportKind, _ text: String, _ file: String = "/home/alice/logs/a.log") throws -> ClusterEvidence {
        try kind.parse(text: text, file: file)
    }

    @Test func ncclTestsGivesCurvesWithTheirGroup() throws {
        let evidence = try read(.ncclTests, ClusterLogs.allReduce)
        let curve = try #require(evidence.curves.first)
        #expect(evidence.curves.count == 1)
        #expect(curve.collective == .allReduce && curve.nodes == 2 && curve.gpus == 4)
        #expect(curve.bytes == [1_048_576, 2_097_152, 4_194_304])
        #expect(zip(curve.seconds, [60e-6, 80e-6, 120e-6]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(evidence.nodeLinks == nil)
        #expect(evidence.origin.source == "nccl-tests, a.log")
    }

    @Test func oldLogsWithoutNamesAreReadFromTheRight() throws {
        let evidence = try read(.ncclTests, ClusterLogs.old, "logs/all-reduce_8.txt")
        let curve = try #require(evidence.curves.first)
        #expect(curve.bytes == [16_777_216])  // the other row has wrong results, by its error
        #expect(curve.gpus == 8 && curve.nodes == nil)
        #expect(evidence.notes.contains { $0.text.contains("all_reduce is taken from the file's name") })
        #expect(evidence.notes.contains { $0.text.contains("the ratio of bus to algorithm bandwidth means 8") })
        // Over eight ranks only an all-reduce has a factor of 1.75.
        #expect(try read(.ncclTests, ClusterLogs.old, "run7.txt").curves.first?.collective == .allReduce)
        let two = "# nThread: 1 nGpus: 2\n 16777216 4194304 float 400.0 41.94 41.94 0e+00 401.0 41.84 41.84 0e+00\n"
        let error = #expect(throws: DocumentError.self) { try read(.ncclTests, two, "run7.txt") }
        #expect(
            error?.description
                == "run7.txt:1:1: the log does not name the collective; add --collective all_reduce, or another of nccl-tests")
    }

    @Test func perIterationColumnsTimeStampsAndCutRowsAreRead() throws {
        let evidence = try read(.ncclTests, ClusterLogs.perIteration)
        #expect(evidence.curves.first?.collective == .allGather)
        #expect(evidence.curves.first?.bytes == [1_048_576])
        #expect(abs((evidence.curves.first?.seconds.first ?? 0) - 50e-6) < 1e-12)
        #expect(evidence.notes.map(\.location.line) == [6])
    }

    @Test func pairsBecomeLinksBetweenNodesAndInsideThem() throws {
        let evidence = try read(.ncclTests, ClusterLogs.pairs)
        let nodes = try #require(evidence.nodeLinks)
        #expect(nodes.names == ["nodea", "nodeb"])
        #expect(abs(nodes[0, 1] / 100e9 - 1) < 1e-4)  // two pairs of 50 GB/s at once
        #expect(nodes[1, 0] == nodes[0, 1])
        let gpus = try #require(evidence.gpuLinks)
        #expect(gpus.names == ["gpu-0", "gpu-1"])
        #expect(abs(gpus[0, 1] / 300e9 - 1) < 1e-4)
        #expect(evidence.curves.count == 2)
    }

    @Test func jsonIsReadWithoutItsEnvironment() throws {
        let evidence = try read(.ncclTests, ClusterLogs.json)
        #expect(evidence.origin.date == "2025-03-04 05:06:07")
        #expect(evidence.curves.first?.bytes == [1_048_576, 2_097_152])
        #expect(zip(evidence.curves.first?.seconds ?? [], [30.5e-6, 41e-6]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(evidence.curves.first?.gpus == 2 && evidence.curves.first?.nodes == 1)
        #expect(!"\(evidence)".contains("topsecret"))
    }

    @Test func mpiGraphSendsFromRowsInMebibytes() throws {
        let table = try #require(try read(.mpiGraph, ClusterLogs.mpiGraph).nodeLinks)
        #expect(table.names == ["n1", "n2", "n3"])
        #expect(table[0, 1] == 12000 * 1_048_576)
        #expect(table[2, 0] == 8000 * 1_048_576)
        #expect(table.missing.isEmpty)
        let received = ClusterLogs.mpiGraph.split(separator: "\n").filter { !$0.contains(" to\t") && !$0.hasPrefix("Send") }
        let transposed = try #require(try read(.mpiGraph, received.joined(separator: "\n")).nodeLinks)
        #expect(transposed[0, 1] == 12001 * 1_048_576)
    }

    @Test func pipetteReadsTheSendingMatrixInMegabytes() throws {
        let table = try #require(try read(.pipette, ClusterLogs.pipette).nodeLinks)
        #expect(table[0, 1] == 16716.9 * 1e6)
        #expect(table[1, 0] == 19060.6 * 1e6)
        #expect(table[0, 0].isNaN)
    }

    @Test func smiFindsTheGPUWithoutNVLink() throws {
        let evidence = try read(.smi, ClusterLogs.smi)
        #expect(evidence.node.gpus == 4 && evidence.node.adapters == 1 && evidence.node.fabric == .nvswitch)
        #expect(evidence.notes.filter(\.isFault).map(\.text) == ["GPU0 reaches GPU3 over SYS where its peers have NVLink"])
    }

    @Test func slurmTreesListNodesUnderTheirSwitches() throws {
        let tree = try #require(try read(.slurm, ClusterLogs.slurm).switches)
        #expect(tree.nodes == ["n001", "n002", "gpu-x3", "gpu-x5", "n003", "n004", "n005", "n006"])
        #expect(tree.levels.map { $0.groups.map(\.count) } == [[4, 4], [8]])
        let yaml = try #require(try read(.slurm, ClusterLogs.slurmYAML).switches)
        #expect(yaml.nodes == ["node01", "node02", "node03", "node04"])
        #expect(yaml.levels.map { $0.groups.map(\.count) } == [[2, 2], [4]])
        #expect(try read(.slurm, "n[1-3]\nm7\n").switches?.nodes == ["n1", "n2", "n3", "m7"])
    }

    @Test func benchmarksOfOneAdapterAreReadInTheirUnits() throws {
        #expect(try read(.perftest, ClusterLogs.perftest).node.achieved == 46000 * 1_048_576)
        let gigabits = ClusterLogs.perftest.replacing("MB/sec", with: "Gb/sec")
        #expect(try read(.perftest, gigabits).node.achieved == 46000 * 1.25e8)
        let osu = try read(.osu, ClusterLogs.osu)
        #expect(osu.node.achievedByPairs?.rate == 24000.5e6)
        #expect(osu.curves.first?.collective == .allGather && osu.curves.first?.isSizePerRank == true)
    }

    @Test func ibnetdiscoverGivesLeavesRatesAndOversubscription() throws {
        let evidence = try read(.ibnetdiscover, ClusterLogs.ibnetdiscover)
        #expect(evidence.node.adapterBandwidth == 50e9 && evidence.node.adapters == 1)
        #expect(evidence.switches?.levels.first?.groups == [["n1", "n2"], ["n3"]])
        #expect(evidence.switches?.levels.first?.oversubscription == 2)
        #expect(evidence.origin.date == "Thu Mar  7 10:11:12 2024")
    }

    @Test func ncclTopologyCountsLinksAndAdapters() throws {
        let evidence = try read(.ncclXML, ClusterLogs.ncclXML)
        #expect(evidence.node.gpus == 2 && evidence.node.fabric == .nvswitch)
        #expect(evidence.node.adapters == 2 && evidence.node.adapterBandwidth == 50e9)
        #expect(evidence.notes.contains { $0.location.line == 11 && $0.text.contains("GPU 1 has 17 NVLinks where its peers have 18") })
    }

    @Test func sailorFitsAreSampledByPowersOfTwo() throws {
        let link = try #require(try read(.sailor, ClusterLogs.sailor).zoneLinks.dropFirst().first)
        #expect(link.first == "east" && link.second == "west" && link.gpusPerNode == 4)
        #expect(link.bytes.first == 1_048_576 && link.bytes.last == 1_073_741_824)
        #expect(link.bandwidths.first == 0.5e9 && link.bandwidths.last == 1.2e9)
    }

    @Test(arguments: [
        (ImportKind.ncclTests, "nothing here\n", 1, "there is no row of measurements"),
        (.mpiGraph, "x\n", 1, "there is no row 'host:rank to …'"),
        (.mpiGraph, "a:0 to\t0\t1\nb:1 to\t1\t0\t2\n", 2, "the row has 3 values for 2 ranks"),
        (.mpiGraph, "a:0 to\t0\t1\na:1 to\t1\t0\n", 1, "all ranks ran on a"),
        (.pipette, "{\"gpus\": [\"a\", \"b\"], \"bandwidth\": [[1, 2]]}", 1, "the matrix has 1 rows for 2 hosts"),
        (.pipette, "{\"gpus\": [\"a\", \"b\"], \"bandwidth\": [[1, 2],\n [3]]}", 2, "the list has 1 items"),
        (.pipette, "{\"gpus\": [\"a\", \"K=s3cret\"], \"bandwidth\": [[1, 2], [3, 4]]}", 1, "these are not the names of different hosts"),
        (.smi, "no table", 1, "there is no table of GPUs"),
        (.smi, "GPU0 GPU1\nGPU0 X NV1\n", 2, "the row of GPU1 is missing"),
        (.slurm, "SwitchName=a Nodes=n[0-\n", 1, "the brackets of the host list do not match"),
        (.slurm, "SwitchName=a Nodes=n[0-99999999]\n", 1, "stands for more than 65536 names"),
        (.slurm, "SwitchName=leaf Nodes=n[0-3]\nSwitchName=b Switches=lear\n", 2, "there is no switch 'lear'; did you mean 'leaf'?"),
        (.slurm, "SwitchName=a Switches=b Nodes=n1\nSwitchName=b Switches=a\n", 1, "the switches form a circle"),
        (.slurm, "", 1, "the file is empty"),
        (.perftest, "#bytes #iterations BW peak[XB] BW average[XB]\n", 1, "the header states no unit that is known"),
        (.osu, "# OSU MPI Broadcast Latency Test\n1 2\n", 1, "there is no table of an OSU benchmark that is used"),
        (.ibnetdiscover, "#\n", 1, "there is no switch with nodes on it"),
        (.ncclXML, "<system>\n<cpu>\n</system>", 3, "</system> closes no tag that is open"),
        (.ncclXML, "<system>\n<cpu a=\"", 2, "this tag is not closed"),
        (.sailor, "a,b\n1,2\n", 1, "the table has no column 'zone_or_gpu'"),
    ]) func mistakesAreNamedWithTheirLine(kind: ImportKind, text: String, line: Int, message: String) {
        let error = #expect(throws: DocumentError.self) { try kind.parse(text: text, file: "f") }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.location.line == line)
    }

    @Test func megabytesOfNoiseHideNothing() throws {
        let noise = String(repeating: "nodea:1:1 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/IPC\n", count: 10_000)
        #expect(try read(.ncclTests, noise + ClusterLogs.allReduce + "\n" + noise).curves.first?.bytes.count == 3)
    }
}
