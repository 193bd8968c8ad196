import Documents
import Hardware

/// The pod that starts the ranks of one node with torchrun, as JobSet and PyTorchJob both hold it.
struct KubernetesPod {
    private let plan: LaunchConfiguration
    private let table: NodeTable
    private let target: ExportTarget
    /// The image that holds framework and scripts, to be replaced by the user's.
    static let image = "REPLACE-WITH-YOUR-IMAGE"

    /// The pod of a plan.
    ///
    /// - Throws: `ExportError` where ranks cannot be started node by node.
    init(_ plan: LaunchConfiguration, _ target: ExportTarget) throws(ExportError) {
        self.plan = plan
        self.target = target
        table = NodeTable(plan)
        try table.checkWholeNodes(target)
        _ = try table.names(for: target)
        guard table.hasNames || table.hasGPUsInOrder else {
            throw .inexpressiblePlacement(
                target: target, reason: "pods find their node by name, and the cluster's profile has no node_names")
        }
    }

    /// Pods of the job.
    var count: Int { table.nodes.count }
    /// Ranks of a pod.
    var ranksPerPod: Int { table.nodes.first?.ranks.count ?? 1 }
    /// Whether pods are bound to named nodes.
    var isPlaced: Bool { table.hasNames }
    /// The job's name as Kubernetes takes it.
    var jobName: String { SchedulerName.label(plan.jobName) }

    /// Header lines that say what has to be filled in.
    func header(_ what: String) -> [String] {
        plan.header(target, what, warnings: [])
            + ["Replace the image by one that holds the framework and the files that the command names."]
    }

    /// The pod's specification; `rank` says in shell words which pod this is where nodes have no names.
    func specification(containerName: String, rank: String, master: String, restart: String) -> YAMLContent {
        var fields: [YAMLField] = [YAMLField("restartPolicy", .text(restart))]
        if isPlaced {
            fields.append(YAMLField("hostNetwork", true))
            fields.append(YAMLField("dnsPolicy", "ClusterFirstWithHostNet"))
            fields.append(YAMLField("affinity", affinity))
        }
        fields.append(YAMLField("containers", .list([container(containerName, rank: rank, master: master)])))
        fields.append(YAMLField("volumes", .list([["name": "shm", "emptyDir": ["medium": "Memory"]]])))
        return .mapping(fields)
    }

    private func container(_ name: String, rank: String, master: String) -> YAMLContent {
        let gpu = plan.cluster.first.gpu.architecture.hasPrefix("cdna") ? "amd.com/gpu" : "nvidia.com/gpu"
        let lookup =
            isPlaced
            ? NodeLookup.shell(table, nodeName: "$NODE_NAME") : "NODE_RANK=\"\(rank)\"\nMASTER_ADDR=\"\(master)\""
        let script = """
            set -euo pipefail
            \(lookup)
            exec torchrun --nnodes \(count) --nproc-per-node \(ranksPerPod) --node-rank "$NODE_RANK" \
            --master-addr "$MASTER_ADDR" --master-port "${MASTER_PORT:-29500}" --no-python "$@"
            """
        return [
            "name": .text(name), "image": .text(Self.image), "command": .list(["bash", "-c", .text(script), "node"]),
            // Kubernetes would replace $(NAME) before any shell sees it.
            "args": .list(plan.command.map { .text($0.replacing("$(", with: "$$(")) }),
            "env": .list([["name": "NODE_NAME", "valueFrom": ["fieldRef": ["fieldPath": "spec.nodeName"]]]]),
            "ports": .list([["containerPort": 29500, "name": "rendezvous"]]),
            "resources": ["limits": .mapping([YAMLField(gpu, .integer(ranksPerPod))])],
            "volumeMounts": .list([["name": "shm", "mountPath": "/dev/shm"]]),
        ]
    }

    /// Only the plan's nodes may hold the pods; the GPUs they ask for keep them apart.
    private var affinity: YAMLContent {
        let names = table.nodes.compactMap(\.name).map { YAMLContent.text($0) }
        return [
            "nodeAffinity": [
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    "nodeSelectorTerms": .list([
                        [
                            "matchExpressions": .list([["key": "kubernetes.io/hostname", "operator": "In", "values": .list(names)]])
                        ]
                    ])
                ]
            ]
        ]
    }
}
