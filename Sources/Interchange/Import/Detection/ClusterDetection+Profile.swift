import Documents
public import Hardware
import Quantities

extension ClusterDetection {
    /// The profile of what was found.
    ///
    /// - Parameters:
    ///   - name: what the profile is called.
    ///   - gpu: the type of its GPUs.
    ///   - like: the profile that lends what nothing says; borrowed numbers are marked.
    ///   - nodes: how many nodes there are, where Slurm does not list them.
    /// - Throws: what the outputs contradict each other in.
    public func profile(
        name: String, gpu: GPU, like: ClusterProfile, nodes: Int?, adapters: Int? = nil
    ) throws(ClusterImportError) -> (profile: ClusterProfile, notes: [String]) {
        var request = ClusterAssembly.Request(name: name, gpu: gpu)
        request.like = like
        request.gpusPerNode = gpusPerNode
        request.adapters = adapters
        request.nodes = nodes ?? (slurmNodes.isEmpty ? 1 : nil)
        let assembly = try ClusterAssembly(usable(gpu), request)
        var (profile, notes) = (assembly.profile, assembly.notes)
        // A node's own table shows a rack's domain as that of the node.
        let lent = like.first.fabric.domainSize
        if lent > like.first.gpusPerNode, profile.first.fabric.kind == like.first.fabric.kind, profile.first.fabric.domainSize < lent {
            profile.groups[0].fabric.domainSize = lent
            profile.provenance["fabric.domain_size"] = Provenance(source: "as in \(like.name)", isUnverified: true)
            notes.append(
                "an NVLink domain of \(lent) GPUs is taken, as in \(like.name); 'nvidia-smi -q' shows the cluster's own under Fabric")
        }
        func origin(_ key: String, _ probe: String) { profile.provenance[key] = Provenance(source: probe) }
        let here = hasGPUs || slurmNodes.isEmpty
        if let processor = host.processor { profile.groups[0].host.processor = processor }
        if let cores = host.cores {
            profile.groups[0].host.cores = cores
            origin("host.cores", here ? source(.processors) : slurmSource)
        }
        if let memory = host.memory {
            // A tenth of a GiB is less than kernels of one node differ by.
            profile.groups[0].host.memory = .gibibytes((memory.inGibibytes * 10).rounded() / 10)
            origin("host.memory", here ? "/proc/meminfo, \(date)" : slurmSource)
        }
        func assumed(_ key: String, _ what: String) {
            if profile.provenance[key] == nil { profile.provenance[key] = Provenance(source: what, isUnverified: true) }
        }
        for field in CollectiveConstants.table.written(of: profile.first.fabric.collectives) {
            assumed("fabric.collectives.\(field.key)", "assumed as of NVLink on A100")
        }
        for tier in profile.tiers.indices { assumed("tiers.\(tier).oversubscription", "assumed: nothing says it") }
        if profile.first.fabric.domainSize != profile.first.gpusPerNode { assumed("fabric.domain_size", "the table of links of this node") }
        return (profile, notes)
    }

    /// Evidence without GPUs of other products, or one of the type alone where there is none.
    private func usable(_ gpu: GPU) -> [ClusterEvidence] {
        guard evidence.isEmpty else { return evidence }
        var one = ClusterEvidence(origin: .init(kind: .smi, file: "--gpu \(gpu.name)", date: nil, program: "--gpu"))
        one.node.gpus = gpusPerNode
        return [one]
    }
}
