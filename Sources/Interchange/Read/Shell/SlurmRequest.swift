/// What the `#SBATCH` lines of a script ask for, which is what Slurm's variables say while it runs.
struct SlurmRequest {
    /// Nodes of the job.
    private(set) var nodes: Int?
    /// GPUs of a node.
    private(set) var gpusPerNode: Int?
    /// Tasks of a node, and of the job.
    private(set) var tasksPerNode: Int?
    private(set) var tasks: Int?

    /// Reads the lines of a script.
    init(_ text: String) {
        func number(_ pattern: some RegexComponent<(Substring, Substring)>) -> Int? {
            text.firstMatch(of: pattern).flatMap { Int($0.1) }.flatMap { (1...65_536).contains($0) ? $0 : nil }
        }
        nodes = number(/(?m)^#SBATCH +(?:--nodes|-N)[= ]*([0-9]+) *(?:#.*)?$/)
        gpusPerNode =
            number(/(?m)^#SBATCH +--gpus-per-node[= ](?:[A-Za-z0-9_]+:)?([0-9]+)/)
            ?? number(/(?m)^#SBATCH +--gres[= ]gpu:(?:[A-Za-z0-9_]+:)?([0-9]+)/)
        tasksPerNode = number(/(?m)^#SBATCH +--ntasks-per-node[= ]([0-9]+)/)
        tasks =
            number(/(?m)^#SBATCH +(?:--ntasks|-n)[= ]*([0-9]+) *(?:#.*)?$/)
            ?? nodes.flatMap { nodes in tasksPerNode.map { nodes * $0 } }
    }

    /// GPUs of the job, where the lines say how many nodes and how many a node.
    var gpus: Int? { nodes.flatMap { nodes in gpusPerNode.map { nodes * $0 } } }

    /// Slurm's variables by their names.
    var variables: [String: String] {
        let values = [
            "SLURM_NNODES": nodes, "SLURM_JOB_NUM_NODES": nodes, "SLURM_GPUS_PER_NODE": gpusPerNode, "SLURM_GPUS_ON_NODE": gpusPerNode,
            "SLURM_NTASKS_PER_NODE": tasksPerNode, "SLURM_NTASKS": tasks, "SLURM_NPROCS": tasks,
        ]
        return values.compactMapValues { $0.map(String.init) }
    }

    /// GPUs of the job by Slurm's variables, where they say so.
    static func gpus(_ variables: [String: String]) -> Int? {
        func number(_ name: String) -> Int? { variables[name].flatMap { Int($0) }.flatMap { (1...65_536).contains($0) ? $0 : nil } }
        guard let nodes = number("SLURM_NNODES"), let each = number("SLURM_GPUS_PER_NODE") ?? number("SLURM_GPUS_ON_NODE") else {
            return nil
        }
        return nodes * each
    }
}
