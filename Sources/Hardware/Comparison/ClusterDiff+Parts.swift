import Quantities

extension ClusterDiff {
    /// Which nodes there are, by name where both profiles have names, and how fast each runs.
    mutating func compareNodes() {
        let (old, new) = (before.nodeNames, after.nodeNames)
        number(.nodes, "nodes", Double(before.nodes), Double(after.nodes), wants: .more) { QuantityWords.number($0) }
        number(.nodes, "gpus", Double(before.gpus), Double(after.gpus), wants: .more) { QuantityWords.number($0) }
        if before.groups.count == after.groups.count, before.groups.count > 1 {
            for (one, other) in zip(before.groups, after.groups) {
                number(.nodes, "nodes of \(one.gpu.name)", Double(one.nodes), Double(other.nodes), wants: .more) {
                    QuantityWords.number($0)
                }
            }
        }
        for (one, other) in zip(before.groups, after.groups) {
            number(.nodes, "gpus_per_node of \(one.gpu.name)", Double(one.gpusPerNode), Double(other.gpusPerNode), wants: .more) {
                QuantityWords.number($0)
            }
        }
        compareNames(old, new)
        let names = Set(before.groups.flatMap(\.speedFactors.keys)).union(after.groups.flatMap(\.speedFactors.keys))
        for name in names.sorted() {
            func speed(_ cluster: ClusterProfile) -> Double { cluster.groups.compactMap { $0.speedFactors[name] }.first ?? 1 }
            let isGone = !after.nodeNames.isEmpty && !after.nodeNames.contains(name)
            if !isGone {
                number(.nodes, "speed_factors.\(name)", speed(before), speed(after), wants: .more) { QuantityWords.number($0) }
            }
        }
    }

    private mutating func compareNames(_ old: [String], _ new: [String]) {
        guard old != new else { return }
        guard !old.isEmpty, !new.isEmpty else {
            leaveOut(
                .nodes, "only the \(old.isEmpty ? "second" : "first") profile names its nodes; which of them went or came cannot be told")
            return
        }
        let key = Self.nodeKey(old, new)
        let (olds, news) = (Set(old.map(key)), Set(new.map(key)))
        for name in old where !news.contains(key(name)) { changes.append(ClusterChange(.nodes, name, "there", "gone", .worse)) }
        for name in new where !olds.contains(key(name)) { changes.append(ClusterChange(.nodes, name, nil, "new", .better)) }
        let kept = (old.map(key).filter(news.contains), new.map(key).filter(olds.contains))
        if kept.0 != kept.1 {
            changes.append(ClusterChange(.nodes, "order", .changed, note: "the nodes are in another order, in which ranks take them"))
        }
        if let place = old.firstIndex(where: { news.contains(key($0)) && !new.contains($0) }) {
            changes.append(
                ClusterChange(
                    .words, "node names", old[place], new.first { key($0) == key(old[place]) }, .changed, note: "taken for the same node"))
        }
    }

    /// What identifies a node in both profiles: its name without its domain where that keeps all apart, else the name.
    static func nodeKey(_ old: [String], _ new: [String]) -> (String) -> String {
        func short(_ name: String) -> String { String(name.prefix { $0 != "." }).lowercased() }
        let isSafe = [old, new].allSatisfy { Set($0.map(short)).count == $0.count }
        return isSafe && Set(old).isDisjoint(with: new) ? short : { $0 }
    }

    /// The GPU type and its numbers.
    mutating func compareGPU(_ old: GPU, _ new: GPU, _ prefix: String) {
        text(.gpu, "\(prefix)gpu", old.name, new.name)
        text(.gpu, "\(prefix)architecture", old.architecture, new.architecture)
        number(.gpu, "\(prefix)memory", old.memory.count, new.memory.count, wants: .more, words: QuantityWords.memory)
        number(
            .gpu, "\(prefix)memory_bandwidth", old.memoryBandwidth.value, new.memoryBandwidth.value, wants: .more, words: QuantityWords.rate
        )
        number(.gpu, "\(prefix)multiprocessors", Double(old.multiprocessors), Double(new.multiprocessors), wants: .more) {
            QuantityWords.number($0)
        }
        number(.gpu, "\(prefix)link_bandwidth", old.linkBandwidth.value, new.linkBandwidth.value, wants: .more, words: QuantityWords.rate)
        let peaks = [
            ("half", old.peak.half, new.peak.half), ("single", old.peak.single, new.peak.single), ("eight", old.peak.eight, new.peak.eight),
            ("four", old.peak.four, new.peak.four),
        ]
        for (key, one, other) in peaks {
            number(.gpu, "\(prefix)peak.\(key)", one?.value, other?.value, wants: .more, words: QuantityWords.compute)
        }
        if old.kernels != new.kernels {
            changes.append(
                ClusterChange(.gpu, "\(prefix)kernels", .changed, note: "constants of its kernels differ; 'gpu show' lists them"))
        }
    }

    /// Links inside a node as stated, and what collectives reach on them.
    mutating func compareFabric(_ old: Fabric, _ new: Fabric, _ prefix: String) {
        text(.fabric, "\(prefix)fabric.kind", old.kind.rawValue, new.kind.rawValue)
        number(.fabric, "\(prefix)fabric.bandwidth", old.bandwidth.value, new.bandwidth.value, wants: .more, words: QuantityWords.rate)
        number(.fabric, "\(prefix)fabric.domain_size", Double(old.domainSize), Double(new.domainSize), wants: .more) {
            QuantityWords.number($0)
        }
        text(
            .fabric, "\(prefix)fabric.reduces_in_network", "\(old.reducesInNetwork)", "\(new.reducesInNetwork)",
            isWorse: old.reducesInNetwork)
        let (a, b) = (old.collectives, new.collectives)
        let plain = { (value: Double) in QuantityWords.number(value) }
        number(
            .fabric, "\(prefix)fabric.collectives.gather_share", a.gatherShare, b.gatherShare, wants: .more, tolerance: 0.1, words: plain)
        number(
            .fabric, "\(prefix)fabric.collectives.reduce_share", a.reduceShare, b.reduceShare, wants: .more, tolerance: 0.1, words: plain)
        number(
            .fabric, "\(prefix)fabric.collectives.latency", a.latency.value, b.latency.value, wants: .less, tolerance: 0.1,
            words: QuantityWords.time)
        number(
            .fabric, "\(prefix)fabric.collectives.root_coefficient", a.rootCoefficient, b.rootCoefficient, wants: .less, tolerance: 0.1,
            words: plain)
    }

    /// Adapters as stated, and the share of their rate that they reach.
    mutating func compareNetwork(_ old: Network, _ new: Network, _ prefix: String) {
        text(.network, "\(prefix)network.kind", old.kind.rawValue, new.kind.rawValue)
        number(
            .network, "\(prefix)network.adapters_per_node", Double(old.adaptersPerNode), Double(new.adaptersPerNode), wants: .more
        ) { QuantityWords.number($0) }
        number(
            .network, "\(prefix)network.adapter_bandwidth", old.adapterBandwidth.value, new.adapterBandwidth.value, wants: .more,
            words: QuantityWords.rate)
        number(
            .network, "\(prefix)network.achieved_fraction", old.achievedFraction, new.achievedFraction, wants: .more, tolerance: 0.1
        ) { QuantityWords.number($0) }
    }

    /// What stands beside the GPUs: kernels report memory to a hundredth, rates are measured.
    mutating func compareHost(_ old: Host, _ new: Host, _ prefix: String) {
        text(.host, "\(prefix)host.processor", old.processor.rawValue, new.processor.rawValue)
        number(
            .host, "\(prefix)host.memory", old.memory?.count, new.memory?.count, wants: .more, tolerance: 0.01, words: QuantityWords.memory)
        number(.host, "\(prefix)host.cores", old.cores.map(Double.init), new.cores.map(Double.init), wants: .more) {
            QuantityWords.number($0)
        }
        let rates = [
            ("memory_bandwidth", old.memoryBandwidth, new.memoryBandwidth), ("link.to_device", old.link?.toDevice, new.link?.toDevice),
            ("link.from_device", old.link?.fromDevice, new.link?.fromDevice), ("link.both", old.link?.both, new.link?.both),
            ("storage.read", old.storage?.read, new.storage?.read), ("storage.write", old.storage?.write, new.storage?.write),
        ]
        for (key, one, other) in rates {
            number(.host, "\(prefix)host.\(key)", one?.value, other?.value, wants: .more, tolerance: 0.1, words: QuantityWords.rate)
        }
        number(
            .host, "\(prefix)host.storage.capacity", old.storage?.capacity.count, new.storage?.capacity.count, wants: .more,
            words: QuantityWords.memory)
        number(
            .host, "\(prefix)host.core_update_rate", old.coreUpdateRate, new.coreUpdateRate, wants: .more, tolerance: 0.1
        ) { QuantityWords.number($0) }
    }

    /// Levels of switches, by name.
    mutating func compareTiers() {
        let (old, new) = (before.tiers, after.tiers)
        for tier in old {
            guard let other = new.first(where: { $0.name == tier.name }) else {
                changes.append(
                    ClusterChange(.tiers, tier.name, "\(tier.nodes) nodes, \(QuantityWords.number(tier.oversubscription)):1", nil, .changed)
                )
                continue
            }
            number(.tiers, "\(tier.name).nodes", Double(tier.nodes), Double(other.nodes), wants: .more) { QuantityWords.number($0) }
            number(.tiers, "\(tier.name).oversubscription", tier.oversubscription, other.oversubscription, wants: .less) {
                QuantityWords.number($0)
            }
        }
        for tier in new where !old.contains(where: { $0.name == tier.name }) {
            changes.append(
                ClusterChange(.tiers, tier.name, nil, "\(tier.nodes) nodes, \(QuantityWords.number(tier.oversubscription)):1", .changed))
        }
    }

    /// How often parts fail, and how long it takes to go on.
    mutating func compareReliability() {
        let (old, new) = (before.reliability ?? ClusterReliability(), after.reliability ?? ClusterReliability())
        for time in ClusterReliability.times {
            number(
                .reliability, "reliability.\(time.key)", old[keyPath: time.path]?.value, new[keyPath: time.path]?.value,
                wants: time.isBetweenFailures ? .more : .less, words: QuantityWords.longTime)
        }
        number(.reliability, "reliability.spare_nodes", old.spareNodes.map(Double.init), new.spareNodes.map(Double.init), wants: .more) {
            QuantityWords.number($0)
        }
        let rates = [
            ("node_write", old.store?.nodeWrite, new.store?.nodeWrite), ("node_read", old.store?.nodeRead, new.store?.nodeRead),
            ("write", old.store?.write, new.store?.write), ("read", old.store?.read, new.store?.read),
        ]
        for (key, one, other) in rates {
            number(
                .reliability, "reliability.checkpoint_store.\(key)", one?.value, other?.value, wants: .more, tolerance: 0.1,
                words: QuantityWords.rate)
        }
    }
}
