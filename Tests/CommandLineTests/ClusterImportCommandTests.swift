import Foundation
import Testing

/// `meshwright cluster import`, `check` and `profile-script` as a user runs them.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct ClusterImportCommandTests {
    /// Runs `body` in a new folder that is removed afterwards.
    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "import-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    /// Six nodes whose links have 40 GB/s but for those of n3, which have 20.
    private var pipette: String {
        let rows = (0..<6).map { row in
            "[" + (0..<6).map { row == $0 ? "1" : row == 3 || $0 == 3 ? "20000" : "40000" }.joined(separator: ", ") + "]"
        }
        let names = (0..<6).map { "\"n\($0)\"" }.joined(separator: ", ")
        return "{\"gpus\": [\(names)], \"bandwidth\": [\(rows.joined(separator: ",\n"))]}"
    }

    @Test func aMatrixIsImportedShownAndChecked() throws {
        try inFolder { folder in
            let source = folder.appending(path: "links.json").path
            let profile = folder.appending(path: "mine.yaml").path
            let picture = folder.appending(path: "links.svg").path
            try pipette.write(toFile: source, atomically: true, encoding: .utf8)
            let run = try BuiltTool.run([
                "cluster", "import", "--from", "pipette:\(source)", "--gpu", "h100-80gb-sxm", "--name", "mine", "--scope", "node",
                "--output", profile,
            ])
            #expect(run.status == 0 && run.output.isEmpty, "\(run.errors)")
            #expect(run.errors.contains("the unit is taken to be MB/s"))
            let show = try BuiltTool.run(["cluster", "show", profile, "--svg", picture])
            #expect(show.output.contains("n0  . 9 9 0 9 9"), "\(show.output)")
            #expect(try String(contentsOfFile: picture, encoding: .utf8).contains("<title>n0 to n3: 20 GB/s</title>"))
            let check = try BuiltTool.run(["cluster", "check", profile])
            #expect(check.status == 1 && check.errors.isEmpty)
            #expect(check.output.contains("node n3: links of 20 GB/s") && check.output.contains("--exclude-nodes n3\n"), "\(check.output)")
            let plan = try BuiltTool.run([
                "cluster", "import", "--from", "pipette:\(source)", "--gpu", "h100-80gb-sxm", "--name", "mine", "--scope", "node",
                "--nodes", "2",
            ])
            #expect(plan.output.contains("nodes: 2\n") && !plan.output.contains("n3"))
        }
    }

    @Test(
        arguments: [
            (["--from", "pipette:none.json"], 65, "none.json:1:1: there is no such file"),
            (["--from", "nccl:a.log"], 64, "'nccl:a.log'"),
            ([], 64, "nothing to import; add --from KIND:FILE"),
            (["--from", "smi:x", "--adapter-bandwidth", "400"], 64, "write it with its unit"),
            (["--from", "smi:x", "--collective", "allreduce"], 64, "expected one of all_reduce"),
        ] as [([String], Int32, String)])
    func mistakesAreOneLineWithAStatus(arguments: [String], status: Int32, message: String) throws {
        let run = try BuiltTool.run(["cluster", "import", "--gpu", "h100-80gb-sxm", "--name", "x"] + arguments)
        #expect(run.status == status)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    /// Stands in for Slurm: prints what nccl-tests would, every link with 50 GB/s a GPU.
    private let srun = """
        #!/bin/bash
        for word in "$@"; do
          case $word in
            --nodelist=*) hosts=${word#*=} ;;
            --ntasks-per-node=*) ranks=${word#*=} ;;
            -g) take=1 ;;
            */*_perf) name=${word##*/} ;;
            [0-9]) if [[ ${take:-} == 1 ]]; then gpus=$word; take=; fi ;;
          esac
        done
        echo "# Collective test starting: $name"
        echo "# nThread 1 nGpus $gpus minBytes 1 maxBytes 1 step: 2(factor) warmup iters: 5 iters: 20"
        rank=0
        for host in ${hosts//,/ }; do
          for (( i = 0; i < ranks * gpus; i++ )); do
            group=0
            if [[ -n ${NCCL_TESTS_SPLIT:-} ]]; then group=$i; fi
            echo "#  Rank  $rank Group  $group Pid 1 on $host device  $i [0000:0f:00] H100"
            rank=$(( rank + 1 ))
          done
        done
        case $name in
          sendrecv_perf) bus=50.00 ;;
          all_reduce_perf) bus=$(( 10000 * (rank - 1) / rank )); bus=${bus%??}.${bus: -2} ;;
          *) bus=$(( 5000 * (rank - 1) / rank )); bus=${bus%??}.${bus: -2} ;;
        esac
        echo "   268435456  67108864  float  sum  -1  5368.7  50.00  $bus  N/A  5400.0  50.00  $bus  N/A"
        echo "# Collective test concluded: $name"
        """

    @Test func theProfileScriptMeasuresWhatImportReads() throws {
        try inFolder { folder in
            let script = folder.appending(path: "profile.sh").path
            for launcher in ["mpirun", "slurm"] {
                let run = try BuiltTool.run([
                    "cluster", "profile-script", "--launcher", launcher, "--gpus-per-node", "2", "--tests", "/opt/it's here",
                    "--output", script, "--force",
                ])
                #expect(run.status == 0, "\(run.errors)")
                #expect(try shell(["-n", script], folder) == 0)
            }
            for (name, text) in [("srun", srun), ("scontrol", "#!/bin/bash\nprintf '%s\\n' n1 n2 n3\n")] {
                let path = folder.appending(path: name).path
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            }
            let log = folder.appending(path: "profile.log").path
            #expect(try shell([script, log], folder) == 0)
            let run = try BuiltTool.run(["cluster", "import", "--from", "nccl-tests:\(log)", "--gpu", "h100-80gb-sxm", "--name", "x"])
            #expect(run.status == 0, "\(run.errors)")
            // Two GPUs of each node at 50 GB/s, all three pairs, both ways.
            #expect(run.output.contains("names: [n1, n2, n3]"), "\(run.output)")
            #expect(run.output.contains("gpus_per_node: 8"))
            for collective in ["all_reduce", "alltoall", "sendrecv"] { #expect(run.output.contains("collective: \(collective)")) }
        }
    }

    private func shell(_ arguments: [String], _ folder: URL) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash"] + arguments
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": "\(folder.path):\(path)", "SLURM_JOB_NODELIST": "n[1-3]"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
