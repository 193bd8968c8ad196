import Quantities

extension ClusterDiff {
    /// Measured links between nodes, their spread where only that is known, and classes of links.
    mutating func compareNodeLinks() {
        compare(.nodeLinks, before.nodeBandwidth, after.nodeBandwidth, "node")
        let (old, new) = (before.linkSpread, after.linkSpread)
        number(.nodeLinks, "link_spread.mean", old?.mean.value, new?.mean.value, wants: .more, tolerance: 0.1, words: QuantityWords.rate)
        number(
            .nodeLinks, "link_spread.deviation", old?.deviation.value, new?.deviation.value, wants: .less, tolerance: 0.1,
            words: QuantityWords.rate)
        func name(_ link: LinkClass) -> String { "links between groups \(link.first) and \(link.second)" }
        for link in before.links {
            guard let other = after.links.first(where: { $0.joins(link.first, link.second) }) else {
                leaveOut(.nodeLinks, "\(name(link)) are in the first profile only")
                continue
            }
            for (size, rate) in zip(link.bytes, link.bandwidths) where other.bandwidth(for: size) != rate {
                number(
                    .nodeLinks, "\(name(link)), \(QuantityWords.size(size))", rate.value, other.bandwidth(for: size).value,
                    wants: .more,
                    tolerance: 0.1, words: QuantityWords.rate)
            }
        }
        for link in after.links where !before.links.contains(where: { $0.joins(link.first, link.second) }) {
            leaveOut(.nodeLinks, "\(name(link)) are in the second profile only")
        }
    }

    /// Measured links between the GPUs of a node.
    mutating func compareGPULinks() { compare(.gpuLinks, before.gpuBandwidth, after.gpuBandwidth, "GPU") }

    private mutating func compare(_ area: ClusterChange.Area, _ old: BandwidthMatrix?, _ new: BandwidthMatrix?, _ noun: String) {
        guard old != new else { return }
        guard let old, let new else {
            leaveOut(area, "links between \(noun)s are measured in the \(old == nil ? "second" : "first") profile only")
            return
        }
        let key = Self.nodeKey(old.names, new.names)
        let place = Dictionary(new.names.enumerated().map { (key($1), $0) }, uniquingKeysWith: { first, _ in first })
        let common = old.names.indices.compactMap { index in place[key(old.names[index])].map { (old: index, new: $0) } }
        guard common.count > 1 else {
            leaveOut(area, "the measured links between \(noun)s have no two \(noun)s in common")
            return
        }
        LinkRatios(area, noun, old, new, common).add(to: &self)
    }
}

/// Links of two matrices, each over what it was, judged by `LinkCheck` as links of one are: what all lost together, and which lost more than the others
/// and than chance explains.
private struct LinkRatios {
    let area: ClusterChange.Area
    let noun: String
    let old, new: BandwidthMatrix
    let common: [(old: Int, new: Int)]
    let ratios: BandwidthMatrix
    let names: [String]
    let like: LinkLikeness

    init(_ area: ClusterChange.Area, _ noun: String, _ old: BandwidthMatrix, _ new: BandwidthMatrix, _ common: [(old: Int, new: Int)]) {
        (self.area, self.noun, self.old, self.new, self.common) = (area, noun, old, new, common)
        names = common.map { old.names[$0.old] }
        var values: [Double] = []
        values.reserveCapacity(common.count * common.count)
        for from in common {
            for to in common {
                let ratio = new[from.new, to.new].value / old[from.old, to.old].value
                values.append(from.old == to.old || !ratio.isFinite || ratio <= 0 ? .nan : ratio)
            }
        }
        ratios = BandwidthMatrix(names: names, values: values)
        like = LinkLikeness(values.filter { !$0.isNaN })
    }

    func add(to diff: inout ClusterDiff) {
        let count = ratios.values.count { !$0.isNaN }
        guard count > 0 else { return }
        let lost = LinkCheck(nodes: ratios)
        var inverse = ratios
        for place in inverse.values.indices { inverse.values[place] = 1 / inverse.values[place] }
        let gained = LinkCheck(nodes: inverse)
        // What all lost together is what the kind that lost least did; kinds that lost more are said apart.
        let all = lost.kinds.map(\.mean).max() ?? lost.slowKinds.first?.fastest ?? like.median
        let noise = lost.kinds.count > 1 || !lost.slowKinds.isEmpty ? noise(lost) : like.noise
        diff.limits.append(
            ChanceLimit(
                area: area, count: count, median: all, noise: noise,
                single: max(0, all * min(ClusterDiff.least, 1 - noise / all * like.reach))))
        var told = Set<Int>()
        addAll(all, noise, to: &diff, &told)
        addKinds(lost, all, to: &diff, &told)
        for finding in lost.findings { add(finding, isGain: false, to: &diff, &told) }
        for finding in gained.findings { add(finding, isGain: true, to: &diff, &told) }
        if lost.isCongested {
            diff.changes.append(
                ClusterChange(
                    area, "links of many \(noun)s", .changed,
                    note: "slower links are at no \(noun) in particular: paths collide, or switches are congested"))
        }
        let untold = ratios.values.indices.filter { ratios.values[$0] < ClusterDiff.least && !told.contains($0) }
        if let lowest = untold.min(by: { ratios.values[$0] < ratios.values[$1] }) {
            diff.changes.append(
                change(
                    "\(untold.count) of \(count) links", [lowest], .withinChance,
                    note:
                        "over a tenth slower, and not more than chance makes the lowest of \(count) at a spread of \(QuantityWords.percent(noise)); "
                        + "the lowest is \(names[lowest / names.count]) to \(names[lowest % names.count])"))
        }
    }

    /// The spread of links around the median of their kind.
    private func noise(_ check: LinkCheck) -> Double {
        var kind = Dictionary(uniqueKeysWithValues: check.hallMembers.enumerated().flatMap { hall, names in names.map { ($0, hall) } })
        for (index, slow) in check.slowKinds.enumerated() { for name in slow.nodes { kind[name] = index + 1 } }
        func label(_ place: Int) -> [Int] {
            [kind[names[place / names.count]] ?? 0, kind[names[place % names.count]] ?? 0].sorted()
        }
        let groups = Dictionary(grouping: links { _, _ in true }, by: label)
        return LinkLikeness(
            groups.values.flatMap { places in
                let own = LinkLikeness(places.map { ratios.values[$0] }).median
                return places.map { ratios.values[$0] - own + 1 }
            }
        ).noise
    }

    /// What all links lost or gained together: the median of n ratios strays 1.2533 / √n of their deviation.
    private func addAll(_ all: Double, _ noise: Double, to diff: inout ClusterDiff, _ told: inout Set<Int>) {
        let links = links { _, _ in true }
        let chance = 1.2533 * noise * like.reach / Double(links.count).squareRoot()
        let verdict: ClusterChange.Verdict
        switch all {
        case ..<ClusterDiff.least where 1 - all > chance: verdict = .worse
        case (1 / ClusterDiff.least)... where all - 1 > chance: verdict = .better
        default: return
        }
        diff.changes.append(change("all \(links.count) links", links, verdict, note: "in the median"))
        // Those that lost no more than the others are told with them.
        told.formUnion(links.filter { ratios.values[$0] >= ClusterDiff.least * all || ratios.values[$0] >= all - noise * like.reach })
    }

    /// Halls whose links among themselves, and kinds of nodes whose links, lost alike.
    private func addKinds(_ check: LinkCheck, _ all: Double, to diff: inout ClusterDiff, _ told: inout Set<Int>) {
        if check.kinds.count == 2 {
            let hall = Dictionary(uniqueKeysWithValues: check.hallMembers.enumerated().flatMap { hall, names in names.map { ($0, hall) } })
            let between = links { hall[names[$0]] != hall[names[$1]] }
            let inside = links { hall[names[$0]] == hall[names[$1]] }
            let words = check.hallMembers.map { ClusterDiff.list($0, 4) }.joined(separator: " | ")
            for (subject, own, ratio) in [("between", between, check.kinds[1].mean), ("inside", inside, check.kinds[0].mean)]
            where ratio < all {
                addKind("links \(subject) halls", own, ratio, "the halls: \(words)", to: &diff, &told)
            }
        }
        for kind in check.slowKinds {
            let own = Set(kind.nodes)
            let touched = links { own.contains(names[$0]) || own.contains(names[$1]) }
            addKind(
                "links of \(kind.nodes.count) \(noun)s", touched, kind.rate, "all alike: \(ClusterDiff.list(kind.nodes))", to: &diff, &told)
        }
    }

    private func addKind(
        _ subject: String, _ links: [Int], _ ratio: Double, _ note: String, to diff: inout ClusterDiff, _ told: inout Set<Int>
    ) {
        guard !links.isEmpty, ratio < ClusterDiff.least || ratio > 1 / ClusterDiff.least else { return }
        // What all links lost has been said.
        if told.isSuperset(of: links) { return }
        diff.changes.append(change(subject, links, ratio < 1 ? .worse : .better, note: note))
        told.formUnion(links)
    }

    private func add(_ finding: LinkCheck.Finding, isGain: Bool, to diff: inout ClusterDiff, _ told: inout Set<Int>) {
        let subject: String
        let own: [Int]
        var note: String?
        switch finding {
        case .slowNode(let name, _, _, let way):
            own = links { (way != .receiving && names[$0] == name) || (way != .sending && names[$1] == name) }
            subject = "links of \(name)"
            note = way == .both ? "\(own.count) links out and in" : "\(own.count) links, \(way.rawValue) only"
        case .slowLink(let from, let to, _, _), .asymmetricLink(let from, let to, _, _):
            own = links { names[$0] == from && names[$1] == to }
            subject = "\(from) to \(to)"
        case .slowHall(let from, let to, _, _):
            own = []
            subject = "links from the hall of \(from) to that of \(to)"
            note = "slower than those back, against what they were"
        case .missing, .slowGPU, .slowPath: return
        }
        guard finding.isHall || !told.isSuperset(of: own) else { return }
        if finding.isHall {
            if !isGain { diff.changes.append(ClusterChange(area, subject, .worse, note: note)) }
            return
        }
        let ratio = median(own.map { ratios.values[$0] })
        if isGain {
            guard ratio > 1 / ClusterDiff.least else { return }
        } else if ratio >= ClusterDiff.least {
            if like.median > 1 / ClusterDiff.least {
                diff.changes.append(change(subject, own, .changed, note: "did not get faster as the others did"))
            }
            return
        }
        told.formUnion(own)
        diff.changes.append(change(subject, own, isGain ? .better : .worse, note: note))
    }

    /// Places of the links whose ends, by their order, are wanted.
    private func links(_ isWanted: (Int, Int) -> Bool) -> [Int] {
        let n = names.count
        return ratios.values.indices.filter { !ratios.values[$0].isNaN && isWanted($0 / n, $0 % n) }
    }

    private func change(_ subject: String, _ links: [Int], _ verdict: ClusterChange.Verdict, note: String?) -> ClusterChange {
        let n = names.count
        let rates = links.map { place in
            let (from, to) = (common[place / n], common[place % n])
            return (old[from.old, to.old].value, new[from.new, to.new].value)
        }
        return ClusterChange(
            area, subject, QuantityWords.rate(median(rates.map(\.0))), QuantityWords.rate(median(rates.map(\.1))),
            ratio: median(links.map { ratios.values[$0] }), verdict, note: note)
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 1 : sorted[sorted.count / 2]
    }
}

extension LinkCheck.Finding {
    /// Whether it is of the links from one hall to another.
    fileprivate var isHall: Bool { if case .slowHall = self { true } else { false } }
}
