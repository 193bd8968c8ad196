import Hardware
import Parallelism

/// A Slurm batch script that starts one process a rank, each on the node that the plan gives it.
///
/// A hostfile with one line a rank and `--distribution=arbitrary` express any map (Slurm, `srun` manual). Where the cluster's nodes have
/// no names, the script writes the hostfile from the nodes that it was allocated.
struct SlurmFiles {
    private let plan: LaunchConfiguration
    private let table: NodeTable

    init(_ plan: LaunchConfiguration) {
        self.plan = plan
        table = NodeTable(plan)
    }

    func files() throws(ExportError) -> LaunchFiles {
        LaunchFiles(files: [LaunchFile(name: "slurm.sbatch", text: script, isExecutable: true)] + (try mapFiles()))
    }

    /// The files that say which node and GPU each rank has.
    func mapFiles() throws(ExportError) -> [LaunchFile] {
        let names = try table.names(for: .slurm)
        var files: [LaunchFile] = []
        if table.hasNames {
            files.append(LaunchFile(name: "slurm.hosts", text: table.nodeOfRank.map { names[$0] + "\n" }.joined()))
            files.append(LaunchFile(name: "slurm.nodes", text: names.map { $0 + "\n" }.joined()))
        } else {
            files.append(LaunchFile(name: "slurm.order", text: table.nodeOfRank.map { "\($0)\n" }.joined()))
        }
        if !table.hasGPUsInOrder { files.append(LaunchFile(name: "slurm.gpus", text: table.gpuOfRank.map { "\($0)\n" }.joined())) }
        return files
    }

    /// Whether the hostfile is written beforehand rather than by the script, from the nodes of its allocation.
    var hasNames: Bool { table.hasNames }

    private var script: String {
        let header = plan.header(.slurm, "Starts \(plan.strategy.worldSize) ranks with Slurm.", warnings: [])
        let usage = [
            "Submit from this folder: sbatch slurm.sbatch [command of a rank]",
            "The command finds RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT in its environment.",
        ]
        return """
            #!/usr/bin/env bash
            \(CommentText.lines(header + usage))\(directives())
            set -euo pipefail
            cd "${SLURM_SUBMIT_DIR:-.}"
            [ "$#" -gt 0 ] || set -- \(ShellText.line(plan.command))

            \(hostfile)
            MASTER_ADDR="$(head -n 1 "$SLURM_HOSTFILE")"
            export MASTER_ADDR MASTER_PORT="${MASTER_PORT:-29500}" WORLD_SIZE=\(plan.strategy.worldSize)

            # Every rank learns its number and its GPU, and then runs the command.
            # shellcheck disable=SC2016
            exec srun --ntasks=\(plan.strategy.worldSize)\(cores) --distribution=arbitrary --kill-on-bad-exit=1 bash -c '
                export RANK="$SLURM_PROCID"
                export LOCAL_RANK=\(localRank)
                exec "$@"
            ' rank "$@"

            """
    }

    /// Of an allocation's cores a step gets one a rank unless it is told as well (Slurm 22.05 and later).
    private var cores: String { plan.coresPerRank.map { " --cpus-per-task=\($0)" } ?? "" }

    private var localRank: String { table.hasGPUsInOrder ? #""$SLURM_LOCALID""# : #""$(sed -n "$((SLURM_PROCID + 1))p" slurm.gpus)""# }

    /// Directives are not read by a shell, so only words that need no quotes stand in them.
    func directives(job: String? = nil, minutes: Int? = nil, nodeList: String = "./slurm.nodes") -> String {
        var lines = [
            "--job-name=\(SchedulerName.plain(job ?? plan.jobName))", "--nodes=\(table.nodes.count)", "--ntasks=\(plan.strategy.worldSize)",
            "--gpus-per-node=\(table.nodes.map(\.ranks.count).max() ?? 1)", "--exclusive", "--output=%x-%j.log",
        ]
        if let cores = plan.coresPerRank { lines.append("--cpus-per-task=\(cores)") }
        // A value with a slash names a file.
        if table.hasNames { lines.append("--nodelist=\(nodeList)") }
        if let minutes { lines.append("--time=\(minutes)") }
        return lines.map { "#SBATCH \($0)\n" }.joined()
    }

    private var hostfile: String {
        guard !table.hasNames else { return "export SLURM_HOSTFILE=\"$PWD/slurm.hosts\"" }
        return """
            # The cluster's nodes have no names in its profile: line r of slurm.order says which node of the allocation holds rank r.
            mapfile -t NODES < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
            export SLURM_HOSTFILE="$PWD/slurm.hosts.$SLURM_JOB_ID"
            while read -r index; do echo "${NODES[index]}"; done < slurm.order > "$SLURM_HOSTFILE"
            """
    }
}

/// Names as schedulers take them.
enum SchedulerName {
    /// A name of letters, digits, dots, underscores and dashes; anything else becomes a dash.
    static func plain(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { isPlain($0) || $0 == "." || $0 == "_" ? $0 : "-" }))
    }

    /// A DNS label (RFC 1123) as Kubernetes wants it: at most 50 lower-case letters, digits and dashes, with a letter in front.
    static func label(_ name: String) -> String {
        let lowered = name.lowercased().unicodeScalars.map { isPlain($0) ? $0 : "-" }
        var label = String(String.UnicodeScalarView(lowered)).drop { !$0.isLetter }.prefix(50)
        while label.last == "-" { label = label.dropLast() }
        return label.isEmpty ? "meshwright-plan" : String(label)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-": true
        default: false
        }
    }
}
